"""A web server as `make run` starts it, over the benchmark's database, and clients that ask it for pages."""

import http.client
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.db import transaction

from core.access.models import User
from core.embedded import ports, processes, programs
from core.embedded.state import PROJECT, State, open_state
from core.embedded.testing import temporary_place

CLIENTS = 8
UP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Site:
    """A running web server and the cookie of somebody who is signed in."""

    port: int
    cookie: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, connection: http.client.HTTPConnection, path: str) -> tuple[float, int]:
        """Seconds and bytes of one page.

        :raises RuntimeError: any answer but 200.
        """
        start = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": self.cookie, "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        size = len(answer.read())
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return time.perf_counter() - start, size


@dataclass(frozen=True, slots=True)
class Load:
    """What several clients saw: pages a second, and milliseconds of the median and of the slowest twentieth."""

    per_second: float
    median: float
    p95: float

    def __str__(self) -> str:
        return f"{self.per_second:.0f} req/s, p95 {self.p95:.0f} ms"


def load(site: Site, path: str, *, requests: int = 400, clients: int = CLIENTS) -> Load:
    """Ask for a page `requests` times over `clients` kept connections, after a warm-up."""
    _share(site, path, clients * 3, clients)
    start = time.perf_counter()
    taken = _share(site, path, requests, clients)
    whole = time.perf_counter() - start
    cuts = statistics.quantiles(taken, n=20)
    return Load(len(taken) / whole, statistics.median(taken) * 1000, cuts[-1] * 1000)


def _share(site: Site, path: str, requests: int, clients: int) -> list[float]:
    def ask(_client: int) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
        try:
            return [site.get(connection, path)[0] for _ in range(requests // clients)]
        finally:
            connection.close()

    with ThreadPoolExecutor(clients) as pool:
        return [seconds for part in pool.map(ask, range(clients)) for seconds in part]


def cookie_of(user: User) -> str:
    """A session of the user as the site's cookie; its second factor counts as given."""
    engine: ModuleType = import_module(settings.SESSION_ENGINE)
    with transaction.atomic():
        session = engine.SessionStore()
        session["_auth_user_id"] = str(user.pk)
        session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
        session["_auth_user_hash"] = user.get_session_auth_hash()
        session["mfa_present"] = True
        session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@contextmanager
def site(user: User) -> Iterator[Site]:
    """The web server alone, on a free port, with collected static files; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="onebook-web-", dir=temporary_place(), ignore_cleanup_errors=True) as made:
        state = open_state(Path(made))
        port = ports.choose_port(first=58300, memory=Path(made) / "port")
        environment = _environment(state, port)
        collect = programs.manage("collectstatic", "--no-input", "--verbosity", "0")
        subprocess.run(collect, env=environment, cwd=PROJECT, check=True)
        web = next(one for one in programs.application(state, environment, None) if one.name == "web")
        web.start()
        try:
            _wait(port, web.log)
            yield Site(port, cookie_of(user))
        finally:
            web.ask_to_stop()
            web.wait_stopped(deadline=time.monotonic() + 10)


def _environment(state: State, port: int) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if key != "ONEBOOK_TESTING"}
    return inherited | {
        "ONEBOOK_STATE": str(state.root),
        "ONEBOOK_BIND": f"127.0.0.1:{port}",
        "ONEBOOK_DEMO": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "LOG_LEVEL": "WARNING",
    }


def _wait(port: int, log: Path) -> None:
    deadline = time.monotonic() + UP_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError(f"the web server did not come up:\n{processes.tail(log)}")
