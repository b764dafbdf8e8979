"""`make run`: everything up in order, then watched until Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from core.embedded import processes, programs
from core.embedded.account import ServiceAccount
from core.embedded.checks import check_port_free, check_server, parse_bind
from core.embedded.environment import store_environment
from core.embedded.errors import EmbeddedError, StepFailedError
from core.embedded.lock import only_one
from core.embedded.marks import schema_mark, static_mark
from core.embedded.servers import Servers, embedded_servers
from core.embedded.state import DEFAULT_STATE, PROJECT, State, open_state
from core.embedded.supervisor import ServerService, Supervisor

WEB_SECONDS = 60.0
MIGRATIONS_PENDING = 3
LOGINS = "demo_logins.txt"


def say(message: str) -> None:
    """One line to the person at the terminal."""
    print(f"{time.strftime('%H:%M:%S')}  {message}", flush=True)


@dataclass(slots=True)
class Run:
    """One run of everything, from the first server to the last signal."""

    state: State
    servers: Servers
    supervisor: Supervisor
    account: ServiceAccount | None
    environment: dict[str, str] = field(default_factory=dict)
    demo: subprocess.Popen[bytes] | None = None
    logins_shown: bool = False

    @property
    def address(self) -> str:
        """Where a person on this machine opens Onebook."""
        host, port = parse_bind(self.environment["ONEBOOK_BIND"])
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
        return f"http://{shown}:{port}/"

    def start(self) -> None:
        """Bring everything up; on the way refuse what would go wrong later."""
        for server in (self.servers.postgres, self.servers.valkey):
            if server is not None:
                self.supervisor.start(ServerService(server=server, stopping=self.supervisor.is_stopping))
        self.environment = programs.program_environment(self.state, self.servers.environment())
        store_environment(self.state, self.servers.environment())
        check_server(self.environment["DATABASE_OWNER_URL"])
        programs.prepare_directories(self.state, self.account)
        collecting = self._begin_collecting_static()
        try:
            self._migrate()
        except EmbeddedError:
            if collecting is not None:
                processes.end(collecting.pid, signal.SIGTERM, seconds=1)
            raise
        self._end_collecting_static(collecting)
        web, *others = programs.application(self.state, self.environment, self.account)
        self.supervisor.start(web)
        self._wait_for_web()
        if self.supervisor.is_stopping():
            return
        # Only now: they would take the processor from the first page.
        for service in others:
            self.supervisor.start(service)
        say(f"Onebook is at {self.address}   (Ctrl-C stops everything; logs are in {self.state.logs})")
        self._start_demo()

    def every_look(self) -> None:
        """Between two looks of the supervisor: show the logins when they exist, collect the demo job."""
        logins = self.state.root / LOGINS
        if not self.logins_shown and logins.exists():
            self.logins_shown = True
            print(logins.read_text(encoding="utf-8").rstrip(), flush=True)
        if self.demo is not None and self.demo.poll() is not None:
            if self.demo.returncode == 0:
                self._demo_mark.unlink(missing_ok=True)
                say("The demo company is loaded.")
            else:
                say(f"The demo company could not be loaded whole; see {self.state.logs / 'demo.log'}")
            self.demo = None

    def stop(self) -> None:
        """Stop everything that we started."""
        if self.demo is not None and self.demo.poll() is None:
            self.demo.terminate()
            processes.wait_gone(self.demo.pid, seconds=1)
            self.demo.kill()
            self.demo.wait()
        self.supervisor.stop()

    def _note_step(self, *arguments: str) -> None:
        """What a start had to do before the first page; a second start adds nothing here."""
        with (self.state.logs / "steps.log").open("a", encoding="utf-8") as log:
            log.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S')} {' '.join(arguments)}\n")

    def _step(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self._note_step(*arguments)
        return subprocess.run(
            programs.manage(*arguments),
            env=self.environment,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )

    def _migrate(self) -> None:
        """Ask Django what there is to migrate, only when code or database changed since it last said: nothing."""
        stamp, dsn = self.state.runtime / "schema.stamp", self.environment["DATABASE_OWNER_URL"]
        if stamp.exists() and stamp.read_text(encoding="ascii") == schema_mark(dsn):
            return
        checked = self._step("check_start")
        if checked.returncode == MIGRATIONS_PENDING:
            say("Bringing the database up to date …")
            checked = self._step("migrate", "--no-input", "--verbosity", "0")
        if checked.returncode != 0:
            raise StepFailedError(_last_words(checked))
        stamp.write_text(schema_mark(dsn), encoding="ascii")

    def _begin_collecting_static(self) -> subprocess.Popen[bytes] | None:
        """Hash and compress the static files beside the migration, when one of them changed since the last time."""
        stamp = self.state.runtime / "static.stamp"
        if stamp.exists() and stamp.read_text(encoding="ascii") == static_mark():
            return None
        collect = ("collectstatic", "--no-input", "--clear", "--verbosity", "0")
        self._note_step(*collect)
        return processes.spawn(
            programs.manage(*collect),
            log=self.state.logs / "static.log",
            env=self.environment,
            cwd=PROJECT,
            account=self.account,
            death_signal=signal.SIGTERM,
        )

    def _end_collecting_static(self, collecting: subprocess.Popen[bytes] | None) -> None:
        if collecting is None:
            return
        if collecting.wait() != 0:
            log = self.state.logs / "static.log"
            raise StepFailedError(f"The static files could not be collected. The end of {log}:\n{processes.tail(log)}")
        (self.state.runtime / "static.stamp").write_text(static_mark(), encoding="ascii")

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + WEB_SECONDS
        web = next(service for service in self.supervisor.services if service.name == "web")
        while not self.supervisor.is_stopping():
            if answers(f"{self.address}healthz"):
                return
            if not web.is_alive() or time.monotonic() > deadline:
                log = self.state.logs / "web.log"
                raise StepFailedError(f"The web server did not come up. The end of {log}:\n{processes.tail(log)}")
            time.sleep(0.05)

    @property
    def _demo_mark(self) -> Path:
        return self.state.runtime / "demo-loading"

    def _start_demo(self) -> None:
        if self.environment["ONEBOOK_DEMO"].lower() not in {"1", "true", "yes", "on"}:
            return
        if not self._demo_mark.exists() and not is_untouched(self.environment["DATABASE_OWNER_URL"]):
            return
        self._demo_mark.touch()
        say("Loading the demo company in the background; its progress is on the page.")
        self.demo = processes.spawn(
            programs.manage("seed_demo"),
            log=self.state.logs / "demo.log",
            env=self.environment,
            cwd=PROJECT,
            account=self.account,
            death_signal=signal.SIGTERM,
        )


def _last_words(finished: subprocess.CompletedProcess[str]) -> str:
    """What a failed command had to say: Django's one line of refusal, or the end of a traceback."""
    text = (finished.stderr.strip() or finished.stdout.strip() or f"exit {finished.returncode}").splitlines()
    if any(line.startswith("Traceback") for line in text):
        return "\n".join(text[-15:])
    return "\n".join(text).removeprefix("CommandError: ")


def answers(url: str) -> bool:
    """Whether the web server answers at all; any status will do."""
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310  (our own address)
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def is_untouched(dsn: str) -> bool:
    """Whether nobody has done anything here yet. A removed demo company leaves its administrator behind, so it does not
    come back."""
    with psycopg.connect(dsn, connect_timeout=10) as connection:
        connection.execute("SELECT set_config('app.companies', '*', true)")
        row = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM company_company) OR EXISTS (SELECT 1 FROM access_user)"
        ).fetchone()
    return row == (False,)


def announce_places(state: State, account: ServiceAccount | None, environ: Mapping[str, str]) -> None:
    """Say where things are when that is not what one would expect."""
    if state.account is not None:
        say(f"Started by root: PostgreSQL and Valkey run as the user {state.account.name}.")
        if account is None:
            say(f"That user cannot reach {sys.executable}, so web and worker stay with root.")
    if state.root != DEFAULT_STATE and not environ.get("ONEBOOK_STATE"):
        say(f"That user cannot enter {PROJECT}: data and server binaries are in {state.root} (ONEBOOK_STATE).")


def run() -> int:
    """Start, watch, stop; the return value is the exit code."""
    state = open_state()
    supervisor = Supervisor(say=say)
    with only_one(state):
        check_port_free(os.environ.get("ONEBOOK_BIND", programs.DEFAULT_BIND))
        account = programs.program_account(state)
        announce_places(state, account, os.environ)
        this = Run(state=state, servers=embedded_servers(state), supervisor=supervisor, account=account)
        supervisor.catch_signals()
        try:
            this.start()
            supervisor.watch(every_look=this.every_look)
        except EmbeddedError:
            # A start that was interrupted by Ctrl-C fails somewhere in the middle: that is no news.
            if not supervisor.is_stopping():
                raise
        finally:
            say("Stopping …")
            this.stop()
            say("Stopped.")
    return 0
