"""How long a person waits for `make run`: the first page of a new installation, of a second start, and the stop.

The launcher is started as `make run` starts it, over a state directory of its own, without the demo company. `rows()`
yields `(row, ours, floor, target)`; the load of the machine stands beside the figures, for they are seconds of a clock.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from core.embedded import ports
from core.embedded.state import PROJECT
from core.embedded.testing import temporary_place

Row = tuple[str, str, str, str]
RUNS = 5
PAGE = "accounts/login/"


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(
        prefix="onebook-start-", dir=temporary_place(), ignore_cleanup_errors=True
    ) as made:
        place = Path(made)
        place.chmod(0o755)
        first, _stop = start_and_stop(place)
        later = [start_and_stop(place) for _run in range(RUNS)]
    second, stop = (statistics.median(seconds) for seconds in zip(*later, strict=True))
    load = f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors)"
    yield "start, first page of a new installation", f"{first:.1f} s {load}", "–", "≤ 60 s"
    yield "second start, first page", f"{second:.1f} s", "–", "≤ 5 s"
    yield "stop", f"{stop:.1f} s", "–", "≤ 10 s"


def start_and_stop(place: Path) -> tuple[float, float]:
    """Seconds from the command to the first page, and from Ctrl-C to the end."""
    port = ports.choose_port(first=58200, memory=place / "port")
    inherited = {key: value for key, value in os.environ.items() if not key.endswith("_URL")}
    inherited.pop("ONEBOOK_TESTING", None)
    environment = inherited | {
        "ONEBOOK_STATE": str(place / "state"),
        "ONEBOOK_BIND": f"127.0.0.1:{port}",
        "ONEBOOK_DEMO": "0",
    }
    started = time.perf_counter()
    house = subprocess.Popen(
        [sys.executable, "-m", "core.embedded", "run"], cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        while not _has_page(port):
            if house.poll() is not None:
                raise RuntimeError(f"the launcher ended with {house.returncode}")
            time.sleep(0.02)
        up = time.perf_counter() - started
    finally:
        asked = time.perf_counter()
        house.send_signal(signal.SIGINT)
        house.wait()
    return up, time.perf_counter() - asked


def _has_page(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/{PAGE}", timeout=30) as answer:
        return bool(answer.status == 200)
    return False
