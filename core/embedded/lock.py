"""One supervisor at a time over one state directory."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from core.embedded.errors import AlreadyRunningError
from core.embedded.state import State


@contextmanager
def only_one(state: State) -> Iterator[None]:
    """Hold the lock of this installation: two supervisors over one database would fight.

    :raises AlreadyRunningError: another one runs.
    """
    with (state.runtime / "supervisor.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunningError(f"Onebook runs already over {state.root}; stop that one first.") from error
        yield
