"""The refusals at start: one clear line each."""

import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from core.embedded import checks
from core.embedded.errors import (
    DatabaseAheadError,
    DatabaseUnreachableError,
    DatabaseVersionError,
    LocaleError,
    PortTakenError,
)
from core.embedded.postgres import OWNER_ROLE, PostgresServer


@contextmanager
def database(server: PostgresServer, options: str = "") -> Iterator[str]:
    """A database of its own; the address for its owner."""
    name = f"check_{uuid.uuid4().hex}"
    with psycopg.connect(server.url(OWNER_ROLE), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {options}")
        try:
            yield server.url(OWNER_ROLE, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_free_port_passes_and_a_taken_one_names_the_way_out() -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        port = squatter.getsockname()[1]
        squatter.listen()
        with pytest.raises(PortTakenError) as refusal:
            checks.check_port_free(f"127.0.0.1:{port}")
    assert str(refusal.value) == (
        f"127.0.0.1:{port} is taken by another process; stop it, or choose another address: "
        f"ONEBOOK_BIND=127.0.0.1:{port + 1}"
    )
    checks.check_port_free(f"127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("bind", "words"),
    [("localhost", "must be host:port"), ("203.0.113.7:8000", "correct ONEBOOK_BIND")],
)
def test_an_impossible_address_is_refused(bind: str, words: str) -> None:
    with pytest.raises(PortTakenError, match=words):
        checks.check_port_free(bind)


def test_a_good_server_passes_and_is_left_as_it_was(postgres: PostgresServer) -> None:
    with database(postgres) as dsn:
        checks.check_server(dsn)
        with psycopg.connect(dsn) as connection:
            assert connection.execute("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'").fetchone() == (0,)


def test_an_extension_in_another_schema_is_found(postgres: PostgresServer) -> None:
    with database(postgres) as dsn:
        with psycopg.connect(dsn) as connection:
            connection.execute("CREATE SCHEMA extensions")
            connection.execute("CREATE EXTENSION pg_trgm SCHEMA extensions")
        checks.check_server(dsn)


def test_a_locale_that_loses_chinese_is_refused(postgres: PostgresServer) -> None:
    options = "TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C' LC_COLLATE 'C' LC_CTYPE 'C'"
    with database(postgres, options) as dsn, pytest.raises(LocaleError) as refusal:
        checks.check_server(dsn)
    assert "create the database with LC_CTYPE 'C.UTF-8'" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_old_server_is_refused(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "OLDEST_SERVER", 990000)
    with pytest.raises(DatabaseVersionError, match=r"^PostgreSQL \d+ is too old; Onebook needs 15 or later\.$"):
        checks.check_server(postgres.url(OWNER_ROLE))


def test_an_unreachable_database_is_named(postgres: PostgresServer) -> None:
    wrong = make_conninfo(postgres.url(OWNER_ROLE), password="wrong")
    with pytest.raises(DatabaseUnreachableError, match=r"check DATABASE_OWNER_URL: .*password authentication failed"):
        checks.check_server(wrong)


def test_a_database_ahead_of_the_code_is_refused(postgres: PostgresServer) -> None:
    known = {("company", "0001_initial"), ("access", "0001_initial")}
    with database(postgres) as dsn:
        checks.check_not_ahead(dsn, known)  # an empty database is behind, not ahead
        with psycopg.connect(dsn) as connection:
            connection.execute("CREATE TABLE django_migrations (app text, name text)")
            connection.execute("INSERT INTO django_migrations VALUES ('company', '0001_initial')")
        checks.check_not_ahead(dsn, known)
        with psycopg.connect(dsn) as connection:
            connection.execute("INSERT INTO django_migrations VALUES ('company', '0002_future')")
        with pytest.raises(DatabaseAheadError) as refusal:
            checks.check_not_ahead(dsn, known)
    assert str(refusal.value) == (
        "The database is ahead of this code: it holds company.0002_future; start the newer version, or restore the "
        "backup made before the upgrade."
    )


def test_only_some_of_many_unknown_migrations_are_named(postgres: PostgresServer) -> None:
    with database(postgres) as dsn:
        with psycopg.connect(dsn) as connection:
            connection.execute("CREATE TABLE django_migrations (app text, name text)")
            connection.execute("INSERT INTO django_migrations SELECT 'a', 'm' || n FROM generate_series(1, 7) n")
        with pytest.raises(DatabaseAheadError, match=r"a\.m1, a\.m2, a\.m3, a\.m4, a\.m5 and 2 more"):
            checks.check_not_ahead(dsn, set())
