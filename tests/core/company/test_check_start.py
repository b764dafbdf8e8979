"""`check_start` lets pass, asks for a migration, or refuses; `migrate` refuses the same."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg.conninfo import make_conninfo

from core.company.management.commands.check_start import PENDING


@pytest.fixture
def database(db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The test database as the owner's address, which the checks connect to themselves."""
    url = f"{settings.DATABASE_OWNER_URL.rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    monkeypatch.setattr(settings, "DATABASE_OWNER_URL", url)
    return url


def test_a_migrated_database_passes(database: str) -> None:
    call_command("check_start")


@contextmanager
def recorded(database: str, change: str, undo: str) -> Iterator[None]:
    """A change of the list of migrations; committed, because the checks look with connections of their own."""
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute(change)
        try:
            yield
        finally:
            owner.execute(undo)


def test_pending_migrations_are_told_by_the_exit_code(database: str) -> None:
    change = "CREATE TABLE kept AS SELECT * FROM django_migrations WHERE app = 'sessions'; "
    change += "DELETE FROM django_migrations WHERE app = 'sessions'"
    undo = "INSERT INTO django_migrations OVERRIDING SYSTEM VALUE SELECT * FROM kept; DROP TABLE kept"
    with recorded(database, change, undo), pytest.raises(SystemExit) as asked:
        call_command("check_start")
    assert asked.value.code == PENDING == 3


@pytest.mark.parametrize("command", ["check_start", "migrate"])
def test_a_database_of_newer_code_is_refused(database: str, command: str) -> None:
    change = "INSERT INTO django_migrations (app, name, applied) VALUES ('company', '9999_future', now())"
    undo = "DELETE FROM django_migrations WHERE name = '9999_future'"
    refusal = r"ahead of this code: it holds company\.9999_future; "
    with recorded(database, change, undo), pytest.raises(CommandError, match=refusal):
        call_command(command)


@pytest.mark.parametrize("command", ["check_start", "migrate"])
def test_an_unreachable_database_is_one_line(database: str, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setattr(settings, "DATABASE_OWNER_URL", make_conninfo(database, password="wrong"))
    with pytest.raises(CommandError, match=r"^The database cannot be reached, check DATABASE_OWNER_URL: [^\n]*$"):
        call_command(command)
