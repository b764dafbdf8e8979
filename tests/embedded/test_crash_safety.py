"""PostgreSQL killed outright under write load: nothing that was acknowledged is lost, and the files stay sound."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
import pytest

from core.embedded import binaries, processes
from core.embedded.postgres import DATABASE, OWNER_ROLE, SUPERUSER, PostgresServer


@dataclass
class Writer(threading.Thread):
    """Commits one row after another and remembers what the server acknowledged."""

    server: PostgresServer
    number: int
    acknowledged: list[int] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__()

    def __hash__(self) -> int:
        return self.number

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self._write()
            except psycopg.Error:
                time.sleep(0.02)  # down: try again until the server is back

    def _write(self) -> None:
        dsn = self.server.url(OWNER_ROLE)
        with psycopg.connect(dsn, autocommit=True, connect_timeout=2) as connection:
            while not self.stop.is_set():
                row = connection.execute(
                    "INSERT INTO crash_rows (writer) VALUES (%s) RETURNING id", [self.number]
                ).fetchone()
                assert row is not None
                self.acknowledged.append(row[0])


def children(pid: int) -> Iterator[int]:
    for status in processes.PROC.glob("[0-9]*/stat"):
        try:
            fields = status.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            yield int(status.parent.name)


def kill_all(server: PostgresServer) -> None:
    """As a power cut would: the postmaster and every backend at once, no chance to say goodbye."""
    pid = server.running_pid()
    assert pid is not None
    for victim in (pid, *children(pid)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)


def amcheck(server: PostgresServer) -> subprocess.CompletedProcess[str]:
    program = binaries.postgres_programs(server.state) / "pg_amcheck"
    return subprocess.run(
        [
            *(program, "--install-missing", "--heapallindexed", "--host=127.0.0.1", f"--port={server.port}"),
            *(f"--username={SUPERUSER}", "--no-password", DATABASE),
        ],
        env={**os.environ, "PGPASSWORD": server.state.secret(SUPERUSER)},
        capture_output=True,
        text=True,
        check=False,
    )


def crash_rounds(server: PostgresServer, *, rounds: int, writers: int, seconds: float) -> None:
    with psycopg.connect(server.url(OWNER_ROLE)) as connection:
        connection.execute("DROP TABLE IF EXISTS crash_rows")
        connection.execute("CREATE TABLE crash_rows (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, writer int)")
    slowest = 0.0
    threads = [Writer(server, number) for number in range(writers)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(rounds):
            before = sum(len(thread.acknowledged) for thread in threads)
            time.sleep(seconds)
            kill_all(server)
            started = time.monotonic()
            assert server.start() is True
            slowest = max(slowest, time.monotonic() - started)
            assert sum(len(thread.acknowledged) for thread in threads) > before
    finally:
        for thread in threads:
            thread.stop.set()
        for thread in threads:
            thread.join()
    acknowledged = {row for thread in threads for row in thread.acknowledged}
    with psycopg.connect(server.url(OWNER_ROLE)) as connection:
        stored = {row[0] for row in connection.execute("SELECT id FROM crash_rows")}
    assert acknowledged - stored == set()
    checked = amcheck(server)
    assert (checked.returncode, checked.stdout) == (0, "")
    figures = f"{len(acknowledged)} acknowledged commits, 0 lost, up again in {slowest:.1f} s"
    print(f"{rounds} kills, {writers} writers: {figures}")


def test_nothing_acknowledged_is_lost(postgres: PostgresServer) -> None:
    crash_rounds(postgres, rounds=2, writers=4, seconds=0.5)


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_in_ten_rounds(postgres: PostgresServer) -> None:
    crash_rounds(postgres, rounds=10, writers=8, seconds=3.0)
