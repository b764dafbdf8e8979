"""`make test`, `make bench`, `make soak`: pytest over servers that exist for this one run."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.embedded.account import can_reach, service_account
from core.embedded.servers import Servers, embedded_servers
from core.embedded.state import PROJECT, open_state

# Beside the ports of `make run`, so that both can run at once.
POSTGRES_FIRST_PORT, VALKEY_FIRST_PORT = 55320, 57379


@contextmanager
def throwaway_servers(*, durable: bool) -> Iterator[Servers]:
    """Servers in a temporary directory; gone afterwards, with their data.

    `durable=False` turns fsync off: the data is thrown away anyway, and waiting for the disk triples the time of the
    tests. Benchmarks and crash tests measure the disk too and say `durable=True`. Addresses in the environment
    (`DATABASE_OWNER_URL`, `REDIS_URL`) are used instead, to test against another PostgreSQL.
    """
    root = Path(tempfile.mkdtemp(prefix="onebook-test-", dir=temporary_place()))
    try:
        servers = embedded_servers(open_state(root), durable=durable)
        if servers.postgres is not None:
            servers.postgres.first_port = POSTGRES_FIRST_PORT
        if servers.valkey is not None:
            servers.valkey.first_port = VALKEY_FIRST_PORT
        try:
            servers.start(death_signal=signal.SIGTERM)
            yield servers
        finally:
            servers.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def environment_of(servers: Servers) -> dict[str, str]:
    """The environment of a program that works on throw-away servers."""
    found = {name: value for name, value in servers.environment().items() if value}
    environment = {**os.environ, **found, "ONEBOOK_TESTING": "1"}
    environment.setdefault("SECRET_KEY", servers.state.secret("secret-key"))
    return environment


def run_pytest(arguments: Sequence[str], *, durable: bool = False, processes: int = 2) -> int:
    """Run pytest over throw-away servers and return its exit code. `processes=0` runs in one process."""
    chosen = not processes or any(word.startswith(("-n", "--numprocesses")) for word in arguments)
    spread = [] if chosen else ["-n", str(processes)]
    with throwaway_servers(durable=durable) as servers:
        return _run([sys.executable, "-m", "pytest", *spread, *arguments], environment_of(servers))


def run_bench(arguments: Sequence[str]) -> int:
    """Migrate an empty durable database and print the table of the benchmarks."""
    with throwaway_servers(durable=True) as servers:
        environment = environment_of(servers)
        migrated = _run([sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"], environment)
        return migrated or _run([sys.executable, "-m", "bench", *arguments], environment)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run to the end. Ctrl-C reaches the program too, which ends its work; we wait for it and then stop the servers."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        finished = subprocess.run(
            command,
            env=environment,
            cwd=PROJECT,
            check=False,
            preexec_fn=_answer_to_interrupts,
        )
        return finished.returncode
    finally:
        signal.signal(signal.SIGINT, before)


def temporary_place() -> Path:
    """A directory for temporary things that the servers' account can enter too."""
    usual = Path(tempfile.gettempdir())
    return usual if can_reach(service_account(), usual, mode="-x") else Path("/var/tmp")  # noqa: S108  (mkdtemp inside)


def _answer_to_interrupts() -> None:
    # An ignored signal stays ignored in a child; pytest has to hear Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
