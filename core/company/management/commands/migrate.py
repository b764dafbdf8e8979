"""`migrate`, followed by the rules that the database keeps about every table."""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import transaction

from core.company import rules
from core.company.migration_state import OneRenderingExecutor

# The command knows its executor by this name only.
migrate.MigrationExecutor = OneRenderingExecutor  # type: ignore[attr-defined]


class Command(migrate.Command):
    """One at a time: an advisory lock keeps two deployments from migrating together."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options.get("plan") and not options.get("check_unapplied"):
            with transaction.atomic():
                rules.apply(app_role=settings.APP_ROLE)
