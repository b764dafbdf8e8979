"""The supervisor: a dead process is started again, everything stops in order, nothing is left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.embedded import processes
from core.embedded.state import PROJECT
from core.embedded.supervisor import LONGEST_DELAY, STEADY_SECONDS, Patience, ProcessService, Supervisor


def until(condition: Callable[[], bool]) -> None:
    """Wait for the condition, long enough for a busy machine."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def service(tmp_path: Path, name: str, program: str) -> ProcessService:
    command = [sys.executable, "-c", textwrap.dedent(program)]
    return ProcessService(name=name, command=command, log=tmp_path / f"{name}.log", env=os.environ, cwd=tmp_path)


def pid_of(process: ProcessService) -> int:
    assert process.process is not None
    return process.process.pid


@contextlib.contextmanager
def watched(supervisor: Supervisor) -> Iterator[None]:
    """The supervisor's loop, beside the test."""
    loop = threading.Thread(target=supervisor.watch)
    loop.start()
    try:
        yield
    finally:
        supervisor.request_stop()
        loop.join()
        supervisor.stop()


SLEEPER = "import time; time.sleep(60)"


def test_a_dead_process_comes_back_at_once(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor, web = Supervisor(say=said.append), service(tmp_path, "web", SLEEPER)
    supervisor.start(web)
    first = pid_of(web)
    with watched(supervisor):
        os.kill(first, signal.SIGKILL)
        until(lambda: web.is_alive() and pid_of(web) != first)
        assert said == ["web died; it is started again"]
    assert not processes.exists(first)


def test_patience_grows_while_it_keeps_dying_young_and_returns() -> None:
    patience, delays, now = Patience(started_at=0.0), [], 0.0
    for _ in range(8):
        delays.append(patience.note_death(now))
        now += delays[-1]
        patience.started_at = now
    assert delays == [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, LONGEST_DELAY, LONGEST_DELAY]
    assert patience.note_death(now + STEADY_SECONDS) == 0.0


def test_a_flapping_process_does_not_keep_the_machine_busy(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor, flapping = Supervisor(say=said.append), service(tmp_path, "flapping", "pass")
    supervisor.start(flapping)
    with watched(supervisor):
        until(lambda: len(said) > 2)
    again = "flapping died; it is started again"
    assert said[:3] == [again, f"{again} in 1 s", f"{again} in 2 s"]


@dataclass
class Recorded:
    """A service that writes down what is done to it."""

    name: str
    book: list[str] = field(default_factory=list)

    def start(self) -> None:
        self.book.append(f"start {self.name}")

    def is_alive(self) -> bool:
        return True

    def ask_to_stop(self) -> None:
        self.book.append(f"ask {self.name}")

    def wait_stopped(self, *, deadline: float) -> None:
        self.book.append(f"stopped {self.name}")


def test_everything_stops_in_reverse_order() -> None:
    supervisor, book = Supervisor(say=lambda _: None), list[str]()
    for name in ("postgres", "web", "worker"):
        supervisor.start(Recorded(name, book))
    supervisor.stop()
    assert book == [
        *("start postgres", "start web", "start worker"),
        *("ask worker", "ask web", "ask postgres"),
        *("stopped worker", "stopped web", "stopped postgres"),
    ]


def test_one_that_will_not_stop_is_killed_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.embedded.supervisor.STOP_SECONDS", 0.5)
    program = """
        import signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
        child = subprocess.Popen([sys.executable, "-c", deaf])
        print(child.pid, flush=True)
        time.sleep(60)
    """
    supervisor, stubborn = Supervisor(say=lambda _: None), service(tmp_path, "stubborn", program)
    supervisor.start(stubborn)
    until(lambda: stubborn.log.read_text().strip().isdigit())
    pid, child = pid_of(stubborn), int(stubborn.log.read_text())
    supervisor.stop()
    assert not processes.exists(pid)
    until(lambda: not processes.is_running(child))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a service of the Linux kernel")
def test_the_processes_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    program = f"""
        import os, time
        from pathlib import Path
        from core.embedded.supervisor import ProcessService, Supervisor
        place = Path({str(tmp_path)!r})
        supervisor = Supervisor(say=print)
        web = ProcessService(name="web", command=["sleep", "60"], log=place / "web.log", env=os.environ, cwd=place)
        supervisor.start(web)
        print(web.process.pid, flush=True)
        time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert processes.is_running(child)
        parent.kill()
    until(lambda: not processes.is_running(child))
