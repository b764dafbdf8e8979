"""The embedded PostgreSQL: started, killed, found again, and closed to everybody without a password."""

import os
import pwd
import signal
import socket
import stat
import subprocess

import psycopg
import pytest

from core.embedded import processes
from core.embedded.account import service_account
from core.embedded.errors import StateDirectoryError
from core.embedded.postgres import APP_ROLE, DATABASE, OWNER_ROLE, SUPERUSER, PostgresServer
from core.embedded.state import State, open_state


def connect(server: PostgresServer, role: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(server.url(role), autocommit=True, connect_timeout=5)


def rights(server: PostgresServer, role: str) -> tuple[object, ...] | None:
    with connect(server, role) as connection:
        return connection.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()


def test_the_owner_may_make_databases_and_nothing_more(postgres: PostgresServer) -> None:
    assert rights(postgres, OWNER_ROLE) == (False, False, True, False, False)


def test_the_app_role_may_nothing_and_owns_nothing(postgres: PostgresServer) -> None:
    assert rights(postgres, APP_ROLE) == (False, False, False, False, False)
    with connect(postgres, APP_ROLE) as connection:
        owned = connection.execute(
            "SELECT count(*) FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid"
            " WHERE r.rolname = current_user AND d.deptype = 'o'"
        ).fetchone()
        assert owned == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")


def test_the_owner_can_install_the_extensions(postgres: PostgresServer) -> None:
    with connect(postgres, OWNER_ROLE) as connection, connection.transaction(force_rollback=True):
        for extension in ("pg_trgm", "btree_gist", "btree_gin", "unaccent"):
            connection.execute(f"CREATE EXTENSION {extension}")
        row = connection.execute("SELECT cardinality(show_trgm('发票')), unaccent('Müller')").fetchone()
    assert row == (3, "Muller")


def test_locale_encoding_and_checksums(postgres: PostgresServer) -> None:
    with connect(postgres, OWNER_ROLE) as connection:
        row = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datlocprovider::text, datlocale, datcollate, datctype,"
            " current_setting('data_checksums'), current_setting('fsync'), pg_get_userbyid(datdba)"
            " FROM pg_database WHERE datname = %s",
            [DATABASE],
        ).fetchone()
    assert row == ("UTF8", "b", "PG_UNICODE_FAST", "C.UTF-8", "C.UTF-8", "on", "on", OWNER_ROLE)


@pytest.mark.parametrize("role", [SUPERUSER, OWNER_ROLE, APP_ROLE])
@pytest.mark.parametrize("password", ["", "wrong"])
def test_no_way_in_without_the_password(postgres: PostgresServer, role: str, password: str) -> None:
    dsn = psycopg.conninfo.make_conninfo(
        host="127.0.0.1", port=postgres.port, user=role, dbname=DATABASE, password=password or None
    )
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(dsn, passfile="/nonexistent", connect_timeout=5)


def test_listens_on_loopback_only(postgres: PostgresServer) -> None:
    with connect(postgres, SUPERUSER) as connection:
        row = connection.execute(
            "SELECT current_setting('listen_addresses'), current_setting('unix_socket_directories')"
        ).fetchone()
        rules = connection.execute(
            "SELECT DISTINCT address, auth_method FROM pg_hba_file_rules WHERE error IS NULL"
        ).fetchall()
    assert row == ("127.0.0.1", "")
    assert rules == [("127.0.0.1", "scram-sha-256")]
    # Another address of this machine: one who listens on all of them would answer.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", postgres.port), timeout=2)


def test_secrets_are_for_one_pair_of_eyes(postgres: PostgresServer) -> None:
    files = [path for path in postgres.state.secrets.iterdir() if path.is_file()]
    assert {path.name for path in files} >= {SUPERUSER, OWNER_ROLE, APP_ROLE}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(postgres.state.secrets.stat().st_mode) == 0o700
    assert stat.S_IMODE(postgres.data.stat().st_mode) == 0o700
    # The password file of initdb was for once.
    assert list(postgres.state.logs.glob("*.once")) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to the service account")
def test_root_drops_to_the_service_account(postgres: PostgresServer) -> None:
    account = service_account()
    pid = postgres.running_pid()
    assert account is not None
    assert pid is not None
    owner = processes.PROC.joinpath(str(pid)).stat().st_uid
    assert owner == account.uid != 0
    assert pwd.getpwuid(owner).pw_shell.endswith(("nologin", "false"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to the service account")
def test_a_state_directory_behind_a_closed_door_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    with pytest.raises(StateDirectoryError, match="set ONEBOOK_STATE to a directory it can reach"):
        open_state(closed / "state")


def test_a_running_server_is_found_not_started_again(postgres: PostgresServer) -> None:
    other = PostgresServer(state=postgres.state)
    assert other.start() is False
    assert (other.port, other.running_pid()) == (postgres.port, postgres.running_pid())


def test_survives_kill_9_with_its_commits(postgres: PostgresServer) -> None:
    with connect(postgres, OWNER_ROLE) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    pid, port = postgres.running_pid(), postgres.port
    assert pid is not None
    # Not collected by us: at the next start it is a zombie that PostgreSQL would take for a running server.
    os.kill(pid, signal.SIGKILL)
    assert postgres.start() is True
    assert postgres.port == port
    with connect(postgres, OWNER_ROLE) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1,)
        connection.execute("DROP TABLE kept")


def test_a_strangers_process_number_does_not_stop_the_start(postgres: PostgresServer) -> None:
    postgres.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        postgres.data.joinpath("postmaster.pid").write_text(f"{stranger.pid}\n{postgres.data}\n", encoding="ascii")
        assert postgres.running_pid() is None
        assert postgres.start() is True
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_taken_port_is_passed_over(postgres: PostgresServer) -> None:
    postgres.stop()
    before = postgres.port
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", before))
        squatter.listen()
        postgres.start()
        assert postgres.port != before
    with connect(postgres, APP_ROLE) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_clean_stop_leaves_no_process_and_no_pid_file(state: State, postgres: PostgresServer) -> None:
    pid = postgres.running_pid()
    assert pid is not None
    postgres.stop()
    assert not processes.exists(pid)
    assert not postgres.data.joinpath("postmaster.pid").exists()
    assert postgres.start() is True
