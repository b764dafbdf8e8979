"""The programs of the application: how each is called, as whom, with which environment."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from core.embedded.account import ServiceAccount, can_reach
from core.embedded.state import PROJECT, State
from core.embedded.supervisor import ProcessService

DEFAULT_BIND = "127.0.0.1:8000"
WEB_PROCESSES, WEB_THREADS, WORKER_PROCESSES = 2, 4, 2
# Written by the programs, so owned by whoever they run as.
WRITABLE = ("files", "mail", "static", "beat", "cache")


def program_account(state: State) -> ServiceAccount | None:
    """The account of web, worker and beat: the servers' one where it can reach the interpreter and the project.

    Elsewhere (a Python below /root) they stay with the user who starts them.
    """
    account = state.account
    if account is None:
        return None
    needed = ((Path(sys.executable), "-x"), (PROJECT / "manage.py", "-r"), (Path(os.__file__), "-r"))
    return account if all(can_reach(account, path, mode=mode) for path, mode in needed) else None


def prepare_directories(state: State, account: ServiceAccount | None) -> None:
    """Make what the programs write to, and hand it over when the last start was made by another user."""
    uid = account.uid if account else os.geteuid()
    gid = account.gid if account else os.getegid()
    for name in WRITABLE:
        top = state.root / name
        top.mkdir(mode=0o700, exist_ok=True)
        if top.stat().st_uid == uid:
            continue
        for path in (top, *top.rglob("*")):
            os.chown(path, uid, gid, follow_symlinks=False)


def program_environment(state: State, servers: Mapping[str, str]) -> dict[str, str]:
    """The environment of every program: what we were started with, and where everything is."""
    environment = dict(os.environ)
    environment.setdefault("ONEBOOK_BIND", DEFAULT_BIND)
    environment.setdefault("ONEBOOK_DEMO", "1")
    environment.setdefault("SECRET_KEY", state.secret_key())
    environment["XDG_CACHE_HOME"] = str(state.root / "cache")
    environment["PYTHONUNBUFFERED"] = "1"
    environment.update({name: value for name, value in servers.items() if value})
    return environment


def manage(*arguments: str) -> list[str]:
    """A manage.py command."""
    return [sys.executable, str(PROJECT / "manage.py"), *arguments]


def application(
    state: State, environment: Mapping[str, str], account: ServiceAccount | None
) -> tuple[ProcessService, ...]:
    """Web, worker and beat, in the order of their start."""
    python = [sys.executable, "-m"]
    web = [
        *python,
        "gunicorn",
        "config.wsgi:application",
        "--bind",
        environment["ONEBOOK_BIND"],
        "--worker-class",
        "gthread",
        "--workers",
        str(WEB_PROCESSES),
        "--threads",
        str(WEB_THREADS),
        "--max-requests",
        "5000",
        "--max-requests-jitter",
        "500",
        "--graceful-timeout",
        "4",
        "--no-control-socket",
        # Imported once for both processes, and a mistake in it ends the start instead of flapping.
        "--preload",
    ]
    celery = [*python, "celery", "--app", "config.celery:app"]
    worker = [
        *celery,
        "worker",
        "--pool",
        "prefork",
        "--concurrency",
        str(WORKER_PROCESSES),
        "--loglevel",
        "info",
        "--without-gossip",
        "--without-mingle",
    ]
    beat = [
        *celery,
        "beat",
        "--loglevel",
        "info",
        "--schedule",
        str(state.root / "beat" / "schedule"),
        "--pidfile",
        "",
    ]
    services = []
    for name, command in (("web", web), ("worker", worker), ("beat", beat)):
        log = state.logs / f"{name}.log"
        services.append(
            ProcessService(name=name, command=command, log=log, env=environment, cwd=PROJECT, account=account)
        )
    return tuple(services)
