"""Django's PostgreSQL backend, plus three things: a transaction begins by announcing for whom it runs, a connection
remembers the plans of more statements than psycopg would, and moments are read faster."""

from typing import Any

from django.db.backends.postgresql import base

from core.company.postgres.moments import MomentLoader

# A business act from quotation to payment has about eighty statements, and a process serves many kinds of pages.
MOST_PREPARED = 500


class DatabaseWrapper(base.DatabaseWrapper):
    """Announces whenever autocommit is left, that is, when a transaction begins."""

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
