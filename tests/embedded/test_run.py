"""`make run` as a person meets it: everything comes up, comes back, refuses a second one, and stops cleanly."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.embedded import ports, processes
from core.embedded.programs import manage
from core.embedded.state import PROJECT

# How long things take is measured by the benchmark `start`; here they only have to end, on a busy machine too.
PATIENCE = 300.0


def until(condition: Callable[[], bool]) -> None:
    """Wait for the condition."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


@dataclass
class House:
    """A running Onebook over a state directory of its own."""

    place: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def said(self) -> str:
        return self.place.joinpath("said.txt").read_text(encoding="utf-8")

    @property
    def steps(self) -> list[str]:
        """The commands that starts had to run before the first page, without their times."""
        text = self.place.joinpath("state", "log", "steps.log").read_text(encoding="utf-8")
        return [line.split()[1] for line in text.splitlines()]

    def answers(self) -> bool:
        address = f"http://127.0.0.1:{self.port}/healthz"
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.said
        return "Onebook is at" in self.said and self.answers()

    def child(self, words: str) -> int | None:
        """Process id of the supervisor's child whose command line holds the words."""
        for entry in processes.PROC.glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                parent = int(entry.read_text(errors="replace").rpartition(")")[2].split()[1])
                if parent == self.process.pid and words in processes.command_line(int(entry.parent.name)):
                    return int(entry.parent.name)
        return None


def environment(place: Path, port: int) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.endswith("_URL")}
    inherited.pop("ONEBOOK_TESTING", None)
    return inherited | {
        "ONEBOOK_STATE": str(place / "state"),
        "ONEBOOK_BIND": f"127.0.0.1:{port}",
        "ONEBOOK_DEMO": "0",
    }


def start(place: Path, port: int) -> House:
    with place.joinpath("said.txt").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "core.embedded", "run"],
            cwd=PROJECT,
            env=environment(place, port),
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    return House(place, port, process)


@pytest.fixture(scope="module")
def house(place: Path) -> Iterator[House]:
    place.chmod(0o755)
    house = start(place, ports.choose_port(first=58000, memory=place / "port"))
    try:
        until(house.is_up)
        yield house
    finally:
        # A test may have put another run in the place of the first.
        house.process.terminate()
        house.process.wait(PATIENCE)


def test_the_address_is_printed(house: House) -> None:
    assert f"Onebook is at http://127.0.0.1:{house.port}/" in house.said


@pytest.mark.parametrize("words", ["gunicorn", "config.celery:app worker", "config.celery:app beat", "valkey-server"])
def test_what_is_killed_comes_back(house: House, words: str) -> None:
    until(lambda: house.child(words) is not None)
    first = house.child(words)
    assert first is not None
    os.kill(first, signal.SIGKILL)
    until(lambda: house.child(words) not in (None, first))
    until(house.is_up)


def test_a_second_one_is_refused_in_one_line(house: House) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "core.embedded", "run"],
        cwd=PROJECT,
        env=environment(house.place, house.port),
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr == f"onebook: Onebook runs already over {house.place / 'state'}; stop that one first.\n"


def test_a_command_in_another_shell_finds_the_database(house: House) -> None:
    other_shell = {"PATH": os.environ["PATH"], "ONEBOOK_STATE": str(house.place / "state")}
    checked = subprocess.run(manage("check_start"), cwd=PROJECT, env=other_shell, capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, b"")


def test_ctrl_c_stops_everything_and_the_second_start_does_nothing_twice(house: House) -> None:
    everything = [house.child(words) for words in ("postgres", "valkey-server", "gunicorn", "worker", "beat")]
    assert None not in everything
    house.process.send_signal(signal.SIGINT)
    assert house.process.wait(PATIENCE) == 0
    assert [pid for pid in everything if pid is not None and processes.is_running(pid)] == []
    assert house.said.rstrip().endswith("Stopped.")
    first_steps = ["collectstatic", "check_start", "migrate"]
    assert house.steps == first_steps
    again = start(house.place, house.port)
    house.process = again.process
    until(house.is_up)
    # No check, no migration, no static files: this is what makes the second start quick.
    assert house.steps == first_steps
    assert "up to date" not in house.said
