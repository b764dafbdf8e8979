"""Both embedded servers as one thing: start or find them, and say how to reach them."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass

from core.embedded.postgres import APP_ROLE, OWNER_ROLE, PostgresServer
from core.embedded.state import State
from core.embedded.valkey import ValkeyServer


@dataclass(slots=True)
class Servers:
    """The servers that this installation needs: an outside address in the environment replaces an embedded one."""

    state: State
    postgres: PostgresServer | None
    valkey: ValkeyServer | None

    def start(self, *, death_signal: signal.Signals | None = None, give_up: Callable[[], bool] = lambda: False) -> None:
        """Start what does not run yet, PostgreSQL with a fast shutdown as its death signal."""
        if self.postgres is not None:
            self.postgres.start(death_signal=signal.SIGINT if death_signal else None, give_up=give_up)
        if self.valkey is not None:
            self.valkey.start(death_signal=death_signal, give_up=give_up)

    def stop(self) -> None:
        """Stop both, the broker first."""
        if self.valkey is not None:
            self.valkey.stop()
        if self.postgres is not None:
            self.postgres.stop()

    def environment(self) -> dict[str, str]:
        """The variables that the application is configured by."""
        values = {
            "ONEBOOK_STATE": str(self.state.root),
            "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
            "DATABASE_OWNER_URL": os.environ.get("DATABASE_OWNER_URL", "") or os.environ.get("DATABASE_URL", ""),
            "REDIS_URL": os.environ.get("REDIS_URL", ""),
        }
        if self.postgres is not None:
            values["DATABASE_URL"] = self.postgres.url(APP_ROLE)
            values["DATABASE_OWNER_URL"] = self.postgres.url(OWNER_ROLE)
        if self.valkey is not None:
            values["REDIS_URL"] = self.valkey.url()
        return values


def embedded_servers(state: State, *, durable: bool = True, ignore_environment: bool = False) -> Servers:
    """The servers to start for `state`; those named by `DATABASE_URL` or `REDIS_URL` are somebody else's."""
    outside_database = bool(os.environ.get("DATABASE_URL")) and not ignore_environment
    outside_broker = bool(os.environ.get("REDIS_URL")) and not ignore_environment
    return Servers(
        state=state,
        postgres=None if outside_database else PostgresServer(state=state, durable=durable),
        valkey=None if outside_broker else ValkeyServer(state=state, durable=durable),
    )
