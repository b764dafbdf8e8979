"""Real servers of their own for the launcher's tests, in directories that their account can enter."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.embedded import testing
from core.embedded.postgres import PostgresServer
from core.embedded.state import State, open_state
from core.embedded.valkey import ValkeyServer


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A temporary directory; pytest's own is closed to other users."""
    root = Path(tempfile.mkdtemp(prefix="onebook-launcher-", dir=testing.temporary_place()))
    yield root
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="module")
def state(place: Path) -> State:
    return open_state(place)


@pytest.fixture(scope="module")
def postgres(state: State) -> Iterator[PostgresServer]:
    server = PostgresServer(state=state, first_port=56320)
    assert server.start() is True
    yield server
    server.stop()


@pytest.fixture(scope="module")
def valkey(state: State) -> Iterator[ValkeyServer]:
    server = ValkeyServer(state=state, first_port=58379)
    assert server.start() is True
    yield server
    server.stop()
