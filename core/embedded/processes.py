"""Starting, finding and ending operating system processes."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from core.embedded.account import ServiceAccount

PROC = Path("/proc")
PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.02
LARGEST_LOG = 20 * 1024 * 1024


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """A hook for the child: the kernel sends it `death_signal` when the supervisor is killed outright."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)  # loaded here: after the fork the child must do as little as possible

    def hook() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(death_signal))

    return hook


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    account: ServiceAccount | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    death_signal: signal.Signals | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, output appended to `log`, as `account` when given.

    A session of its own keeps Ctrl-C of the terminal away from it: the supervisor alone decides the order of the stop.
    """
    rotate(log)
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            umask=0o077,
            start_new_session=True,
            preexec_fn=_die_with_parent(death_signal) if death_signal else None,  # noqa: PLW1509  (no threads here)
        )


def rotate(log: Path) -> None:
    """Keep one older generation of a log that has grown large."""
    if size(log) > LARGEST_LOG:
        log.replace(log.with_name(f"{log.name}.1"))


def reap(pid: int) -> None:
    """Collect `pid` if it is a dead child of ours, so that it stops counting as existing."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def forget(process: subprocess.Popen[bytes] | None) -> None:
    """Let go of a handle whose process has ended, so that Python does not take it for one still running."""
    if process is not None:
        process.poll()


def exists(pid: int) -> bool:
    """Whether the process table still holds `pid`, a zombie included: that is how PostgreSQL itself asks."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_zombie(pid: int) -> bool:
    """Whether `pid` is dead and only waits to be collected by its parent."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[:1] in (["Z"], ["X"])


def is_running(pid: int) -> bool:
    """Whether `pid` exists and is no zombie."""
    return exists(pid) and not is_zombie(pid)


def command_line(pid: int) -> str:
    """The command line of a process, empty when it cannot be read or is a zombie."""
    try:
        raw = (PROC / str(pid) / "cmdline").read_bytes()
        return raw.replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        pass
    if PROC.joinpath("self").exists():
        return ""
    listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip()


def wait_gone(pid: int, *, seconds: float) -> bool:
    """Wait until `pid` has left the process table; False when it is still there after that time."""
    deadline = time.monotonic() + seconds
    while True:
        reap(pid)
        if not exists(pid):
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)


def wait_for_answer(
    pid: int, answers: Callable[[], bool], *, seconds: float, give_up: Callable[[], bool] = lambda: False
) -> bool:
    """Ask until the process answers (True) or is found dead (False).

    :raises TimeoutError: it lives and does not answer in time, or waiting was given up.
    """
    deadline = time.monotonic() + seconds
    while not answers():
        reap(pid)
        if not is_running(pid):
            return False
        if time.monotonic() >= deadline or give_up():
            raise TimeoutError
        time.sleep(POLL_SECONDS)
    return True


def end(pid: int, how: signal.Signals, *, seconds: float) -> None:
    """Send `how`, wait, and after `seconds` kill."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, how)
        if not wait_gone(pid, seconds=seconds) and not is_zombie(pid):
            os.kill(pid, signal.SIGKILL)
            wait_gone(pid, seconds=5)


def size(log: Path) -> int:
    """How long a log is now: where the next process's part will begin."""
    return log.stat().st_size if log.exists() else 0


def tail(log: Path, *, since: int = 0, lines: int = 12) -> str:
    """The last lines that a log got after the position `since`, for the message of a failed start."""
    try:
        text = log.read_bytes()[since:].decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
