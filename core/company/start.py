"""What a database must be before something is migrated in it or served from it."""

from django.conf import settings
from django.core.management import CommandError
from django.db.migrations.loader import MigrationLoader
from psycopg.conninfo import make_conninfo

from core.embedded import checks
from core.embedded.errors import EmbeddedError


def refuse_unfit_database(name: str) -> None:
    """Ask the owner's server about the database of that name.

    :raises CommandError: unreachable, too old, ahead of this code, or of a locale that loses Chinese; one line says
        what to do.
    """
    on_disk = MigrationLoader(None).disk_migrations
    known = set(on_disk).union(*(migration.replaces for migration in on_disk.values()))
    owner = make_conninfo(settings.DATABASE_OWNER_URL, dbname=name)
    try:
        checks.check_server(owner)
        checks.check_not_ahead(owner, known)
    except EmbeddedError as error:
        raise CommandError(str(error)) from error
