"""A backup holds everything, also rows behind the wall, and goes back whole or not at all."""

import stat
from pathlib import Path

import psycopg
import pytest

from core.embedded.backup import back_up, restore
from core.embedded.errors import AlreadyRunningError, BackupError
from core.embedded.lock import only_one
from core.embedded.postgres import OWNER_ROLE, PostgresServer
from core.embedded.state import State


@pytest.fixture(autouse=True)
def _embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """As at home, where no outside server is named."""
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture
def books(postgres: PostgresServer) -> PostgresServer:
    """A table whose rows even its owner does not see, and a file."""
    with psycopg.connect(postgres.url(OWNER_ROLE)) as connection:
        connection.execute("DROP TABLE IF EXISTS ledger")
        connection.execute("CREATE TABLE ledger (id int, amount numeric(20, 4))")
        connection.execute("INSERT INTO ledger VALUES (1, 12.3400)")
        connection.execute("ALTER TABLE ledger ENABLE ROW LEVEL SECURITY")
        connection.execute("ALTER TABLE ledger FORCE ROW LEVEL SECURITY")
    files = postgres.state.root / "files"
    files.mkdir(exist_ok=True)
    (files / "invoice.pdf").write_text("as posted")
    return postgres


def amounts(server: PostgresServer) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url("postgres")) as connection:
        return connection.execute("SELECT id, amount::text FROM ledger").fetchall()


def test_there_and_back(state: State, books: PostgresServer) -> None:
    with psycopg.connect(books.url(OWNER_ROLE)) as connection:
        assert connection.execute("SELECT count(*) FROM ledger").fetchone() == (0,)
    key = state.secret_key()
    made = back_up(state)
    assert made.parent == state.root / "backups"
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    books.administer("DROP DATABASE onebook WITH (FORCE)")
    books.administer("CREATE DATABASE onebook")
    (state.root / "files" / "invoice.pdf").write_text("tampered")
    (state.root / "secret_key").write_text("another")

    restore(state, made)

    assert amounts(books) == [(1, "12.3400")]
    with psycopg.connect(books.url(OWNER_ROLE)) as connection:
        owner = connection.execute(
            "SELECT tableowner, pg_get_userbyid(datdba) FROM pg_tables, pg_database"
            " WHERE tablename = 'ledger' AND datname = current_database()"
        ).fetchone()
    assert owner == (OWNER_ROLE, OWNER_ROLE)
    assert (state.root / "files" / "invoice.pdf").read_text() == "as posted"
    assert (state.root / "files.replaced" / "invoice.pdf").read_text() == "tampered"
    assert state.secret_key() == key


def test_a_broken_backup_changes_nothing(state: State, books: PostgresServer, place: Path) -> None:
    made = back_up(state, place / "broken")
    (made / "database.dump").write_bytes((made / "database.dump").read_bytes()[:200])
    with pytest.raises(BackupError, match=r"^pg_restore failed"):
        restore(state, made)
    assert amounts(books) == [(1, "12.3400")]
    assert (state.root / "files" / "invoice.pdf").read_text() == "as posted"


def test_a_backup_never_writes_over_another(state: State, books: PostgresServer, place: Path) -> None:
    made = back_up(state, place / "twice")
    with pytest.raises(BackupError, match="exists already"):
        back_up(state, made)


def test_a_database_of_somebody_else_is_left_to_its_tools(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/books")
    with pytest.raises(BackupError, match="that server's tools"):
        back_up(state)


def test_what_is_no_backup_is_refused(state: State, place: Path) -> None:
    with pytest.raises(BackupError, match=r"is no backup: it lacks database\.dump, files, secret_key"):
        restore(state, place / "nothing")


def test_nothing_is_restored_under_a_running_house(state: State, books: PostgresServer, place: Path) -> None:
    made = back_up(state, place / "running")
    with only_one(state), pytest.raises(AlreadyRunningError, match="runs already"):
        restore(state, made)
