"""What has to hold before the application starts; each refusal is one line that says what to do."""

from collections.abc import Iterable

import psycopg
from psycopg import sql

from core.embedded.errors import (
    DatabaseAheadError,
    DatabaseUnreachableError,
    DatabaseVersionError,
    LocaleError,
    PortTakenError,
)
from core.embedded.ports import LOOPBACK, is_free

OLDEST_SERVER = 150000
CHINESE_PROBE = "发票"
NAMED_MIGRATIONS = 5


def parse_bind(bind: str) -> tuple[str, int]:
    """Host and port of `host:port`; the host may be an IPv6 address in brackets.

    :raises PortTakenError: no port in it.
    """
    host, _, port = bind.rpartition(":")
    if not port.isdigit():
        raise PortTakenError(f"ONEBOOK_BIND must be host:port, not {bind!r}.")
    return host.strip("[]") or LOOPBACK, int(port)


def check_port_free(bind: str) -> None:
    """Refuse when something listens there already.

    :raises PortTakenError: the address is taken, or not ours to use.
    """
    host, port = parse_bind(bind)
    try:
        free = is_free(port, host=host)
    except OSError as error:
        raise PortTakenError(f"Cannot listen on {bind} ({error.strerror}); correct ONEBOOK_BIND.") from error
    if not free:
        raise PortTakenError(
            f"{bind} is taken by another process; stop it, or choose another address: ONEBOOK_BIND={host}:{port + 1}"
        )


def check_server(dsn: str) -> None:
    """Refuse a server that is too old, or whose locale empties the trigrams of Chinese.

    :param dsn: connection as the owner role; the check installs pg_trgm inside a transaction that it rolls back.
    :raises DatabaseUnreachableError: no connection.
    :raises DatabaseVersionError: PostgreSQL before 15, or one without the extensions.
    :raises LocaleError: `show_trgm('发票')` is empty.
    """
    try:
        connection = psycopg.connect(dsn, connect_timeout=10)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise DatabaseUnreachableError(f"The database cannot be reached, check DATABASE_OWNER_URL: {reason}") from error
    try:
        if connection.info.server_version < OLDEST_SERVER:
            raise DatabaseVersionError(
                f"PostgreSQL {connection.info.server_version // 10000} is too old; Onebook needs 15 or later."
            )
        _check_locale(connection)
    finally:
        connection.rollback()
        connection.close()


def _check_locale(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    try:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except psycopg.Error as error:
        raise DatabaseVersionError(
            "The owner role cannot install the extension pg_trgm; have an administrator create the extensions "
            f"pg_trgm, btree_gist, btree_gin and unaccent in this database. ({str(error).strip().splitlines()[0]})"
        ) from error
    schema = connection.execute(
        "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'pg_trgm'"
    ).fetchone()
    function = sql.Identifier(str(schema[0]) if schema else "public", "show_trgm")
    row = connection.execute(sql.SQL("SELECT {}(%s)").format(function), [CHINESE_PROBE]).fetchone()
    if not row or not row[0]:
        raise LocaleError(
            "The database's locale empties the trigrams of Chinese text (lc_ctype must not be C), so search would "
            "find nothing; create the database with LC_CTYPE 'C.UTF-8'."
        )


def unknown_migrations(dsn: str, known: Iterable[tuple[str, str]]) -> list[str]:
    """Migrations applied in the database that the code does not hold, as `app.name`, sorted.

    :param known: (app label, migration name) of every migration on disk, replaced ones included.
    """
    with psycopg.connect(dsn, connect_timeout=10) as connection:
        if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
            return []
        applied = {(str(app), str(name)) for app, name in connection.execute("SELECT app, name FROM django_migrations")}
    return sorted(f"{app}.{name}" for app, name in applied - set(known))


def check_not_ahead(dsn: str, known: Iterable[tuple[str, str]]) -> None:
    """Refuse when the database was migrated by newer code: old code would write what it does not understand.

    :raises DatabaseAheadError: at least one applied migration is unknown.
    """
    unknown = unknown_migrations(dsn, known)
    if unknown:
        more = f" and {len(unknown) - NAMED_MIGRATIONS} more" if len(unknown) > NAMED_MIGRATIONS else ""
        raise DatabaseAheadError(
            f"The database is ahead of this code: it holds {', '.join(unknown[:NAMED_MIGRATIONS])}{more}; "
            "start the newer version, or restore the backup made before the upgrade."
        )
