"""Free ports on the loopback interface, and remembering the one that was chosen."""

import errno
import socket
from itertools import chain
from pathlib import Path

from core.embedded.errors import PortTakenError

LOOPBACK = "127.0.0.1"
TRIES = 200


def is_free(port: int, *, host: str = LOOPBACK) -> bool:
    """Whether nobody listens on the port now.

    :raises OSError: the address is not of this machine, or the port is not ours to use.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As every server sets it: a connection in TIME_WAIT does not make the port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def choose_port(*, first: int, memory: Path) -> int:
    """The remembered port when it is free, else the first free one from `first` on; remembered in `memory`.

    :raises PortTakenError: none of the next 200 ports is free.
    """
    remembered = _remembered(memory)
    candidates: list[int] = [remembered] if remembered else []
    for port in chain(candidates, range(first, first + TRIES)):
        if is_free(port):
            if port != remembered:
                memory.write_text(f"{port}\n", encoding="ascii")
            return port
    raise PortTakenError(f"No free port between {first} and {first + TRIES - 1} on {LOOPBACK}.")


def _remembered(memory: Path) -> int | None:
    try:
        return int(memory.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
