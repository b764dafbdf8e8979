"""Dropping a demo company whole, and keeping any other from becoming one."""

from django.db import migrations

# `is_demo` is said at birth. The app role may change companies, so the table itself refuses.
_FROM_BIRTH = """
    CREATE FUNCTION company_demo_from_birth() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'whether a company is a demo is said when it is made, never after'
            USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER company_demo_from_birth BEFORE UPDATE OF is_demo ON company_company
        FOR EACH ROW WHEN (NEW.is_demo IS DISTINCT FROM OLD.is_demo) EXECUTE FUNCTION company_demo_from_birth();
"""
_FROM_BIRTH_BACK = """
    DROP TRIGGER company_demo_from_birth ON company_company;
    DROP FUNCTION company_demo_from_birth();
"""

# Runs as its owner, who may delete facts; the triggers of the facts let go of this company's rows only, and only
# while the setting names it. Tables come from the catalogue: those with a company, and those that link two of them.
# Foreign keys are checked at commit, so the order does not matter. Histories and the search index are deleted as
# tables, so the triggers that would write to them stay silent.
_DROP = """
    CREATE FUNCTION drop_demo_company(demo_id bigint, demo_code text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        link record;
        place text;
        gone bigint;
        total bigint := 0;
    BEGIN
        PERFORM 1 FROM company_company WHERE id = demo_id AND code = demo_code AND is_demo FOR UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'company % is no demo company', demo_code USING ERRCODE = 'restrict_violation';
        END IF;
        PERFORM set_config('app.drop_demo_company', demo_id::text, true);
        PERFORM set_config('pgtrigger.ignore', (
            SELECT array_agg(tgname)::text FROM pg_trigger
            WHERE tgname LIKE 'pgtrigger\\_delete\\_delete\\_%' OR tgname LIKE 'pgtrigger\\_search\\_removed\\_%'
        ), true);
        FOR link IN
            SELECT k.conrelid::regclass::text AS place, a.attname AS key, k.confrelid::regclass::text AS of_table
            FROM pg_constraint k
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
            WHERE k.contype = 'f'
                AND NOT EXISTS (SELECT 1 FROM pg_attribute c WHERE c.attrelid = k.conrelid AND c.attname = 'company_id')
                AND EXISTS (SELECT 1 FROM pg_attribute c WHERE c.attrelid = k.confrelid AND c.attname = 'company_id')
        LOOP
            EXECUTE format('DELETE FROM %s l USING %s o WHERE o.id = l.%I AND o.company_id = $1',
                link.place, link.of_table, link.key) USING demo_id;
        END LOOP;
        FOR place IN
            SELECT c.oid::regclass::text FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'company_id' AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
        LOOP
            EXECUTE format('DELETE FROM %s WHERE company_id = $1', place) USING demo_id;
            GET DIAGNOSTICS gone = ROW_COUNT;
            total := total + gone;
        END LOOP;
        DELETE FROM company_company WHERE id = demo_id;
        PERFORM set_config('app.drop_demo_company', '', true);
        PERFORM set_config('pgtrigger.ignore', '{}', true);
        RETURN total;
    END $$;
    REVOKE ALL ON FUNCTION drop_demo_company(bigint, text) FROM PUBLIC;
"""
_DROP_BACK = "DROP FUNCTION drop_demo_company(bigint, text);"


class Migration(migrations.Migration):
    dependencies = [("company", "0001_initial")]

    operations = [
        migrations.RunSQL(_FROM_BIRTH, _FROM_BIRTH_BACK),
        migrations.RunSQL(_DROP, _DROP_BACK),
    ]
