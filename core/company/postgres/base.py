"""Django's PostgreSQL backend, plus four things: a transaction begins by announcing for whom it runs, what was done
outside of the database can be undone when it rolls back, a connection remembers the plans of more statements than
psycopg would, and moments are read faster."""

import logging
from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base

from core.company.postgres.moments import MomentLoader

# A business act from quotation to payment has about eighty statements, and a process serves many kinds of pages.
MOST_PREPARED = 500
log = logging.getLogger(__name__)


class DatabaseWrapper(base.DatabaseWrapper):
    """Announces whenever autocommit is left, that is, when a transaction begins.

    :ivar undoing: what to call when a savepoint is rolled back, with the ids of all that are open around it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.undoing: list[tuple[frozenset[str | None], Callable[[], None]]] = []

    def on_rollback(self, function: Callable[[], None]) -> None:
        """See core/company/rollback.py."""
        if self.in_atomic_block:
            self.undoing.append((frozenset(self.savepoint_ids), function))

    def commit(self) -> None:
        super().commit()
        self.undoing = []

    def rollback(self) -> None:
        super().rollback()
        self._undo(self.undoing)

    def savepoint_rollback(self, sid: str) -> None:
        super().savepoint_rollback(sid)
        self._undo([entry for entry in self.undoing if sid in entry[0]])

    def close(self) -> None:
        # Whether the server still committed, nobody knows: then nothing is undone.
        super().close()
        if not self.in_atomic_block:
            self.undoing = []

    def _undo(self, entries: list[tuple[frozenset[str | None], Callable[[], None]]]) -> None:
        self.undoing = [entry for entry in self.undoing if entry not in entries]
        for _sids, function in reversed(entries):
            try:
                function()
            except Exception:  # one that fails hides neither the others nor why the transaction failed
                log.exception("What was done beside a transaction could not be undone")

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.prepared_max = MOST_PREPARED
        if self.timezone == MomentLoader.timezone:
            connection.adapters.register_loader("timestamptz", MomentLoader)
        return connection

    def _set_autocommit(self, autocommit: bool) -> None:
        # Imported late: the ORM is not ready while Django loads its database backends.
        from core.company.announcing import announcement, statement  # noqa: PLC0415

        super()._set_autocommit(autocommit)  # type: ignore[misc]
        values = announcement()
        if not autocommit and values:
            with self.wrap_database_errors, self.connection.cursor() as cursor:
                cursor.execute(*statement(values))
