"""Rules that the database keeps about every table, whatever model it belongs to: row-level security by company, and
what the app role may do. Read from the catalogue, not from a list, so a new table cannot be forgotten
(docs/adr/0003)."""

from django.db import connection

EXEMPT = ("company_membership",)
"""Memberships say which companies a person may see, so they must be readable before that is known."""

_TABLES = """
    SELECT c.relname, c.relrowsecurity
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'company_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p')
"""

# The setting is read in subqueries, so once a query and not once a row: a scan is three times as fast.
_POLICY = """
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY company_wall ON {table} USING (
        company_id = ANY (
            (SELECT string_to_array(nullif(current_setting('app.companies', true), '*'), ',')::bigint[])::bigint[]
        )
        OR (SELECT current_setting('app.companies', true) = '*')
    );
"""

_GRANTS = """
    GRANT USAGE ON SCHEMA public TO {role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role};
"""


def walled_tables() -> dict[str, bool]:
    """Tables with a company → whether row-level security is on."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return {name: secured for name, secured in cursor.fetchall() if name not in EXEMPT}


def fact_tables() -> list[str]:
    """Tables that carry the append-only trigger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_append_only%%'"
        )
        return [name for (name,) in cursor.fetchall()]


def history_tables() -> list[str]:
    """Tables in which the database keeps the versions of rows, and the one that says who made them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT attrelid::regclass::text FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
            " WHERE attname = 'pgh_label' AND c.relkind IN ('r', 'p')"
        )
        return [name for (name,) in cursor.fetchall()] + ["pghistory_context"]


def apply(*, app_role: str) -> None:
    """Bring every table under the rules. Run by `migrate` as the owner; running it again changes nothing."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, secured in walled_tables().items():
            if not secured:
                cursor.execute(_POLICY.format(table=quote(table)))
        cursor.execute("SELECT current_user")
        (owner,) = cursor.fetchone()
        if app_role and app_role != owner:
            cursor.execute(_GRANTS.format(role=quote(app_role)))
            for table in (*fact_tables(), *history_tables()):
                cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {quote(app_role)}")
            # It adds to the context of the running request, which is an update, so it runs with the owner's right.
            cursor.execute("ALTER FUNCTION _pgh_attach_context() SECURITY DEFINER SET search_path = public, pg_temp")
