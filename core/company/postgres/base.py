"""Django's PostgreSQL backend, plus one thing: a transaction begins by saying which companies it may see."""

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Announces the visible companies whenever autocommit is left, that is, when a transaction begins."""

    def _set_autocommit(self, autocommit: bool) -> None:
        # Imported late: the ORM is not ready while Django loads its database backends.
        from core.company.tenancy import SETTING, visible_companies  # noqa: PLC0415

        super()._set_autocommit(autocommit)  # type: ignore[misc]
        visible = visible_companies()
        if not autocommit and visible:
            with self.wrap_database_errors, self.connection.cursor() as cursor:
                cursor.execute("SELECT set_config(%s, %s, true)", (SETTING, visible))
