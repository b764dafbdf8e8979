"""What the database itself keeps about journal entries: they balance, they belong together, their period is open, and
their sums reach the balances. In SQL, so it also holds for whoever comes without the ORM."""

from django.db import migrations

# The functions run as their owner, because a check must see the rows whatever companies the session may see.

SEAL = """
ALTER TABLE ledger_journalline ADD CONSTRAINT ledger_line_of_entry
    FOREIGN KEY (entry_id, company_id, entry_date, line_count)
    REFERENCES ledger_journalentry (id, company_id, entry_date, line_count) DEFERRABLE INITIALLY DEFERRED;
"""
UNSEAL = "ALTER TABLE ledger_journalline DROP CONSTRAINT ledger_line_of_entry;"

CHECK_ENTRY = """
CREATE FUNCTION ledger_check_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    found record;
BEGIN
    SELECT count(*) AS lines, sum(debit) AS debit, sum(credit) AS credit INTO found
    FROM ledger_journalline WHERE entry_id = NEW.id;
    IF found.lines <> NEW.line_count THEN
        RAISE EXCEPTION 'journal entry % has % lines instead of %', NEW.number, found.lines, NEW.line_count
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_complete';
    END IF;
    IF found.debit <> found.credit OR found.debit <> NEW.total_amount THEN
        RAISE EXCEPTION 'journal entry % does not balance: debit %, credit %', NEW.number, found.debit, found.credit
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_checked AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry();
"""
UNCHECK_ENTRY = """
DROP TRIGGER ledger_entry_checked ON ledger_journalentry;
DROP FUNCTION ledger_check_entry();
"""

CHECK_PERIOD = """
CREATE FUNCTION ledger_check_period() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    period record;
BEGIN
    -- The lock waits for somebody who is closing the period, and makes closing wait for us.
    SELECT status, start_date, end_date, company_id INTO period
    FROM ledger_accountingperiod WHERE id = NEW.period_id FOR KEY SHARE;
    IF period.status IS DISTINCT FROM 'open' OR period.company_id <> NEW.company_id
       OR NEW.entry_date NOT BETWEEN period.start_date AND period.end_date THEN
        RAISE EXCEPTION 'journal entry % of % is not in an open period', NEW.number, NEW.entry_date
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_in_open_period';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_period_checked BEFORE INSERT ON ledger_journalentry
    FOR EACH ROW EXECUTE FUNCTION ledger_check_period();
"""
UNCHECK_PERIOD = """
DROP TRIGGER ledger_period_checked ON ledger_journalentry;
DROP FUNCTION ledger_check_period();
"""

APPEND_BALANCES = """
CREATE FUNCTION ledger_append_balances() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO ledger_balancedelta (company_id, account_id, date, debit, credit)
    SELECT company_id, account_id, entry_date, sum(debit), sum(credit)
    FROM fresh GROUP BY company_id, account_id, entry_date;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_balances_appended AFTER INSERT ON ledger_journalline
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_balances();
"""
LEAVE_BALANCES = """
DROP TRIGGER ledger_balances_appended ON ledger_journalline;
DROP FUNCTION ledger_append_balances();
"""

# Deltas come and go and balances are updated in place; without this their dead rows would slow every report.
TIDY = """
ALTER TABLE ledger_daybalance SET (fillfactor = 80);
ALTER TABLE ledger_monthbalance SET (fillfactor = 80);
ALTER TABLE ledger_balancedelta SET
    (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
     autovacuum_vacuum_insert_scale_factor = 0, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000);
"""
UNTIDY = """
ALTER TABLE ledger_daybalance RESET (fillfactor);
ALTER TABLE ledger_monthbalance RESET (fillfactor);
ALTER TABLE ledger_daybalance SET (fillfactor = 80);
ALTER TABLE ledger_monthbalance SET (fillfactor = 80);
ALTER TABLE ledger_balancedelta RESET
    (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_insert_scale_factor,
     autovacuum_analyze_scale_factor, autovacuum_analyze_threshold);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(SEAL, UNSEAL),
        migrations.RunSQL(CHECK_ENTRY, UNCHECK_ENTRY),
        migrations.RunSQL(CHECK_PERIOD, UNCHECK_PERIOD),
        migrations.RunSQL(APPEND_BALANCES, LEAVE_BALANCES),
        migrations.RunSQL(TIDY, UNTIDY),
    ]
