"""SQL of the duplicate search. It runs as the owner, because under row-level security the trigram index cannot be used;
so it checks the company itself."""

DUPLICATES = """
CREATE INDEX parties_party_name_trgm ON parties_party USING gin (lower(name) gin_trgm_ops);
CREATE INDEX parties_contactpoint_tail ON parties_contactpoint
    (company_id, right(regexp_replace(value, '[^0-9]', '', 'g'), 8)) WHERE kind IN ('phone', 'mobile', 'fax');
CREATE INDEX parties_contactpoint_host ON parties_contactpoint
    (company_id, regexp_replace(regexp_replace(lower(value), '^.*(@|://)', ''), '^www[.]|[/:].*$', '', 'g'))
    WHERE kind IN ('email', 'web');

CREATE FUNCTION parties_duplicates(
    of_company bigint, wanted text, mails text[], tails text[], hosts text[], numbers text[], but bigint, most int)
RETURNS TABLE (party_id bigint, name text, score double precision, reasons text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE seen text := current_setting('app.companies', true);
BEGIN
    IF seen IS DISTINCT FROM '*' AND NOT (of_company::text = ANY (string_to_array(coalesce(seen, ''), ','))) THEN
        RETURN;
    END IF;
    PERFORM set_config('pg_trgm.similarity_threshold', '0.45', true);
    RETURN QUERY
    WITH signs AS (
        SELECT t.party_id AS id, 1.0::double precision AS weight, 'tax_id' AS why
        FROM parties_taxid t WHERE t.company_id = of_company AND t.number = ANY (numbers)
        UNION ALL
        SELECT c.party_id, 0.95, 'email' FROM parties_contactpoint c
        WHERE c.company_id = of_company AND c.kind = 'email' AND c.value = ANY (mails)
        UNION ALL
        SELECT c.party_id, 0.8, 'phone' FROM parties_contactpoint c
        WHERE c.company_id = of_company AND c.kind IN ('phone', 'mobile', 'fax')
          AND right(regexp_replace(c.value, '[^0-9]', '', 'g'), 8) = ANY (tails)
        UNION ALL
        SELECT c.party_id, 0.5, 'domain' FROM parties_contactpoint c
        WHERE c.company_id = of_company AND c.kind IN ('email', 'web')
          AND regexp_replace(regexp_replace(lower(c.value), '^.*(@|://)', ''), '^www[.]|[/:].*$', '', 'g') = ANY (hosts)
        UNION ALL
        SELECT p.id, similarity(lower(p.name), lower(wanted)) * 0.9, 'name' FROM parties_party p
        WHERE p.company_id = of_company AND wanted <> '' AND lower(p.name) % lower(wanted)
    )
    SELECT p.id, p.name::text, least(1.0, max(s.weight) + 0.05 * (count(DISTINCT s.why) - 1)),
           array_agg(DISTINCT s.why ORDER BY s.why)
    FROM signs s JOIN parties_party p ON p.id = s.id
    WHERE p.id IS DISTINCT FROM but
    GROUP BY p.id, p.name ORDER BY 3 DESC, p.id LIMIT most;
END
$$;
"""

DROP_DUPLICATES = """
DROP FUNCTION IF EXISTS parties_duplicates(bigint, text, text[], text[], text[], text[], bigint, int);
DROP INDEX IF EXISTS parties_contactpoint_host;
DROP INDEX IF EXISTS parties_contactpoint_tail;
DROP INDEX IF EXISTS parties_party_name_trgm;
"""
