"""What every transaction tells PostgreSQL as it begins: which companies it may see, and who acts. The settings are
local to the transaction, so a connection handed on by a pool never carries somebody else's.

Each part of it lives in a context variable of its own app, which gives a function here when it is loaded.
"""

from collections.abc import Callable, Mapping

from django.db import connection

Settings = Mapping[str, str]
_parts: list[Callable[[], Settings]] = []


def announced_by(part: Callable[[], Settings]) -> None:
    """Have the settings that `part()` answers announced by every transaction; empty when there is nothing to say."""
    if part not in _parts:
        _parts.append(part)


def announcement() -> dict[str, str]:
    """Everything that a transaction beginning now announces."""
    return {name: value for part in _parts for name, value in part().items()}


def statement(values: Settings) -> tuple[str, list[str]]:
    """One statement for all of them."""
    calls = ", ".join("set_config(%s, %s, true)" for _ in values)
    return f"SELECT {calls}", [word for pair in values.items() for word in pair]


def announce(values: Settings) -> None:
    """Tell the running transaction; its effect ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(*statement(values))


def can_announce() -> bool:
    """Whether a transaction runs that still takes statements."""
    return connection.in_atomic_block and not connection.needs_rollback
