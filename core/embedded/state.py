"""The state directory: where data, secrets, ports and logs of one installation live, and who may read them."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from core.embedded.account import ServiceAccount, can_reach, give_to, service_account
from core.embedded.errors import StateDirectoryError

PROJECT = Path(__file__).resolve().parent.parent.parent
DEFAULT_STATE = PROJECT / "var"
SYSTEM_STATE = Path("/var/lib/onebook")


@dataclass(frozen=True, slots=True)
class State:
    """One installation's directory, with the account that its servers run as (None: the user who starts them)."""

    root: Path
    account: ServiceAccount | None

    @property
    def logs(self) -> Path:
        """Directory of every log."""
        return self.root / "log"

    @property
    def runtime(self) -> Path:
        """Directory of pid files, ports and locks."""
        return self.root / "run"

    @property
    def secrets(self) -> Path:
        """Directory of generated passwords, readable by the starting user alone."""
        return self.root / "secrets"

    def prepare(self) -> None:
        """Make the directories; the servers' own user must be able to pass through the root of them."""
        # The modes are set, not left to the umask: the servers' user has to pass through what root makes.
        for parent in reversed([path for path in self.root.parents if not path.exists()]):
            parent.mkdir(mode=0o755)
            parent.chmod(0o755)
        self.root.mkdir(exist_ok=True)
        self.root.chmod(0o711 if self.account else 0o700)
        for directory in (self.logs, self.runtime, self.secrets):
            directory.mkdir(exist_ok=True)
            directory.chmod(0o700)
        give_to(self.account, self.logs)

    def secret(self, name: str) -> str:
        """The generated secret of that name, made on first use."""
        return read_or_make_secret(self.secrets / name)

    def secret_key(self) -> str:
        """The signing key of the web application, in the file that its settings read."""
        path = self.root / "secret_key"
        key = read_or_make_secret(path)
        give_to(self.account, path)
        return key


def read_or_make_secret(path: Path) -> str:
    """The secret kept in `path`; made with mode 0600 when the file is not there."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        value = secrets.token_urlsafe(48)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(value + "\n")
        return value


def state_directory() -> Path:
    """Where this installation keeps its state: `ONEBOOK_STATE`, else `var/`, else a system directory.

    The last is for a start by root from a place that the service account cannot enter (a clone below /root); it is
    named after the clone, so that two clones never share a database.
    """
    configured = os.environ.get("ONEBOOK_STATE")
    if configured:
        return Path(configured).expanduser().resolve()
    account = service_account()
    if account is None or can_reach(account, PROJECT, mode="-x"):
        return DEFAULT_STATE
    mark = hashlib.sha256(str(PROJECT).encode()).hexdigest()[:8]
    return SYSTEM_STATE / f"{PROJECT.name}-{mark}"


def open_state(root: Path | None = None) -> State:
    """The state of this installation, its directories made.

    :raises StateDirectoryError: the servers' account cannot enter it.
    """
    state = State(root=root or state_directory(), account=service_account())
    state.prepare()
    if state.account is not None and not can_reach(state.account, state.root, mode="-x"):
        raise StateDirectoryError(
            f"The user {state.account.name} cannot enter {state.root}; set ONEBOOK_STATE to a directory it can reach."
        )
    return state
