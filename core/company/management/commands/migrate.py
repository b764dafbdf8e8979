"""`migrate`, which refuses an unfit database first and lays down the rules of every table at the end."""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections, transaction

from core.company import rules
from core.company.migration_state import OneRenderingExecutor
from core.company.start import refuse_unfit_database

# The command knows its executor by this name only.
migrate.MigrationExecutor = OneRenderingExecutor  # type: ignore[attr-defined]


class Command(migrate.Command):
    """One at a time: an advisory lock keeps two deployments from migrating together."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        # Before Django's own checks, which connect. Over servers of one's own nobody looks at the database earlier.
        refuse_unfit_database(connections[options["database"]].settings_dict["NAME"])
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options.get("plan") and not options.get("check_unapplied"):
            with transaction.atomic():
                rules.apply(app_role=settings.APP_ROLE)
