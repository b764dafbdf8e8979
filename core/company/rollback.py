"""The counterpart of Django's `on_commit`: undoing what a transaction did outside of the database, such as a file."""

from collections.abc import Callable
from typing import Any

from django.db import transaction


def on_rollback(function: Callable[[], None]) -> None:
    """Call `function` when the running transaction, or the savepoint we are in, is rolled back. It must not fail, and
    may not ask the database. A process that is killed calls nothing, and neither does a connection that is lost."""
    connection: Any = transaction.get_connection()
    connection.on_rollback(function)
