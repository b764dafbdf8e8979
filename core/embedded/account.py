"""The service account that server processes drop to when the start is made by root.

PostgreSQL refuses to run as root, and nothing that listens should. A normal user starts everything as itself.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SERVICE_NAME = "onebook"


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """An unprivileged system user."""

    name: str
    uid: int
    gid: int


def find_account(name: str) -> ServiceAccount | None:
    """The account of that name on this machine, if there is one."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return ServiceAccount(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def service_account() -> ServiceAccount | None:
    """The account to drop to: None unless we are root; made on the first start, `nobody` where none can be made."""
    if os.geteuid() != 0:
        return None
    return find_account(SERVICE_NAME) or _create_account() or find_account("nobody")


def _create_account() -> ServiceAccount | None:
    useradd = shutil.which("useradd")
    if useradd is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    # Two first starts at once both get here; the one that loses still finds the account.
    subprocess.run([useradd, *options, "--shell", "/usr/sbin/nologin", SERVICE_NAME], capture_output=True, check=False)
    return find_account(SERVICE_NAME)


def can_reach(account: ServiceAccount | None, path: Path, *, mode: str = "-r") -> bool:
    """Whether the account can use `path` (`-r` read, `-x` run or enter, `-w` write); all parents must let it pass."""
    if account is None:
        return os.access(path, {"-r": os.R_OK, "-x": os.X_OK, "-w": os.W_OK}[mode])
    # Asked as that user, because mount options and access lists decide too, not only the mode bits.
    answer = subprocess.run(
        ["/usr/bin/test", mode, str(path)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return answer.returncode == 0


def give_to(account: ServiceAccount | None, path: Path) -> None:
    """Hand the ownership of one file or directory to the account; nothing to do without one."""
    if account is not None:
        os.chown(path, account.uid, account.gid)
