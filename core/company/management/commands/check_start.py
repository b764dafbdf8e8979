"""Before the start: is the database one that this code can work on, and is there something to migrate?"""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.embedded import checks
from core.embedded.errors import EmbeddedError

PENDING = 3


class Command(BaseCommand):
    """Exit 0: ready. Exit 3: migrations are pending. Anything else: refused, with one line that says why."""

    help = "Refuse a database that is too old, too new or loses Chinese text; exit with 3 when it has to be migrated."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        on_disk = executor.loader.disk_migrations
        known = set(on_disk).union(*(migration.replaces for migration in on_disk.values()))
        try:
            checks.check_server(settings.DATABASE_OWNER_URL)
            checks.check_not_ahead(settings.DATABASE_OWNER_URL, known)
        except EmbeddedError as error:
            raise CommandError(str(error)) from error
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            sys.exit(PENDING)
