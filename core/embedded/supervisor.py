"""Keeping processes alive: starts them in order, starts a dead one again, stops them in reverse order."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Protocol

from core.embedded import processes
from core.embedded.account import ServiceAccount
from core.embedded.errors import EmbeddedError
from core.embedded.postgres import PostgresServer
from core.embedded.valkey import ValkeyServer

LOOK_SECONDS = 0.25
# A process that lived this long did not flap: its next restart is immediate again.
STEADY_SECONDS = 15.0
FIRST_DELAY = 0.0
LONGEST_DELAY = 30.0
# The programs of the application get this together; the servers after them need well under a second each.
STOP_SECONDS = 5.0
GROUP_SECONDS = 1.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervised(Protocol):
    """What the supervisor needs to know of a process."""

    @property
    def name(self) -> str:
        """Shown in messages."""

    def start(self) -> None:
        """Start it and return when it is usable, or at once when nobody depends on it."""

    def is_alive(self) -> bool:
        """Whether it runs."""

    def ask_to_stop(self) -> None:
        """Send the signal of a clean stop; return at once."""

    def wait_stopped(self, *, deadline: float) -> None:
        """Wait for the end until `deadline` of the monotonic clock, then kill."""


@dataclass(slots=True)
class ProcessService:
    """A program of the application: web, worker, beat."""

    name: str
    command: Sequence[str | Path]
    log: Path
    env: Mapping[str, str]
    cwd: Path
    account: ServiceAccount | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program, after clearing what a killed predecessor left of its group."""
        self._kill_group()
        self.process = processes.spawn(
            self.command,
            log=self.log,
            env=self.env,
            cwd=self.cwd,
            account=self.account,
            death_signal=signal.SIGTERM,
        )

    def is_alive(self) -> bool:
        """Whether the main process runs."""
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Ask for a clean stop."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_stopped(self, *, deadline: float) -> None:
        """Wait, then kill the whole group, so that no pool child survives its master."""
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(max(deadline - time.monotonic(), 0.0))
            self._kill_group()
            self.process = None

    def _kill_group(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            # Its children hold the port until they are gone too; nobody but the system collects them.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                deadline = time.monotonic() + GROUP_SECONDS
                while time.monotonic() < deadline:
                    os.killpg(self.process.pid, 0)
                    time.sleep(processes.POLL_SECONDS)


@dataclass(slots=True)
class ServerService:
    """An embedded server; one that ran before us is watched, but left running when we stop."""

    server: PostgresServer | ValkeyServer
    stopping: Callable[[], bool]
    ours: bool = False

    @property
    def name(self) -> str:
        """Shown in messages."""
        return self.server.name

    def start(self) -> None:
        """Start it and wait until it answers."""
        death_signal = signal.SIGINT if isinstance(self.server, PostgresServer) else signal.SIGTERM
        self.ours = self.server.start(death_signal=death_signal, give_up=self.stopping)

    def is_alive(self) -> bool:
        """Whether the server's main process runs."""
        if self.server.process is not None:
            return self.server.process.poll() is None
        return self.server.running_pid() is not None

    def ask_to_stop(self) -> None:
        """Servers stop in `wait_stopped`; a database writes its pages out already while the programs end."""
        if self.ours and isinstance(self.server, PostgresServer):
            threading.Thread(target=self.server.checkpoint, daemon=True).start()

    def wait_stopped(self, *, deadline: float) -> None:
        """Stop it cleanly when it is ours; a database is given its own time for the checkpoint."""
        if self.ours:
            self.server.stop()


@dataclass(slots=True)
class Patience:
    """When a dead process may be started again: at once, and later and later while it keeps dying young."""

    started_at: float
    delay: float = FIRST_DELAY
    due_at: float | None = None

    def note_death(self, now: float) -> float:
        """Plan the next start; returns the delay."""
        lived = now - self.started_at
        if lived >= STEADY_SECONDS:
            self.delay = FIRST_DELAY
        planned, self.delay = self.delay, min(max(self.delay * 2, 1.0), LONGEST_DELAY)
        self.due_at = now + planned
        return planned


@dataclass(slots=True)
class Supervisor:
    """Runs services in the order in which they were started."""

    say: Callable[[str], None]
    services: list[Supervised] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _patience: dict[str, Patience] = field(default_factory=dict)

    def catch_signals(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal ask for a clean stop."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()

    def is_stopping(self) -> bool:
        """Whether a stop was asked for."""
        return self._stop.is_set()

    def request_stop(self) -> None:
        """Ask for a stop, as a signal would."""
        self._stop.set()

    def start(self, service: Supervised) -> None:
        """Start one service and watch it from now on."""
        self.services.append(service)
        service.start()
        self._patience[service.name] = Patience(started_at=time.monotonic())

    def watch(self, *, every_look: Callable[[], None] = lambda: None) -> None:
        """Look at all services until a stop is asked for."""
        while not self._stop.wait(LOOK_SECONDS):
            for service in self.services:
                if not service.is_alive():
                    self._revive(service)
            every_look()

    def _revive(self, service: Supervised) -> None:
        patience = self._patience[service.name]
        now = time.monotonic()
        if patience.due_at is None:
            delay = patience.note_death(now)
            self.say(f"{service.name} died; it is started again" + (f" in {delay:.0f} s" if delay else ""))
            if delay:
                return
        elif now < patience.due_at:
            return
        patience.due_at, patience.started_at = None, now
        try:
            service.start()
        except EmbeddedError as error:
            self.say(f"{service.name}: {error}")

    def stop(self) -> None:
        """Stop everything: programs of the application together, then the servers in reverse order of their start."""
        for service in reversed(self.services):
            service.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for service in reversed(self.services):
            service.wait_stopped(deadline=deadline)
        self.services.clear()
