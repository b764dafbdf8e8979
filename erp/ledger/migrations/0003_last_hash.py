"""The end of a chain, for the statement that draws the next number of it."""

from django.db import migrations

# Volatile, so that it looks when it is called: a statement that waited for the number's lock would otherwise see the
# chain as it was before it waited.
LAST_HASH = """
CREATE FUNCTION ledger_last_hash(of_journal bigint, of_year integer) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN (
        SELECT chain_hash FROM ledger_journalentry
        WHERE journal_id = of_journal AND year = of_year ORDER BY sequence DESC LIMIT 1
    );
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards")]

    operations = [migrations.RunSQL(LAST_HASH, "DROP FUNCTION ledger_last_hash(bigint, integer);")]
