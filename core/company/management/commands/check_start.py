"""Before the start: is the database one that this code can work on, and is there something to migrate?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.company.start import refuse_unfit_database

PENDING = 3


class Command(BaseCommand):
    """Exit 0: ready. Exit 3: migrations are pending. Anything else: refused, with one line that says why."""

    help = "Refuse a database that is too old, too new or loses Chinese text; exit with 3 when it has to be migrated."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unfit_database(connection.settings_dict["NAME"])
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            sys.exit(PENDING)
