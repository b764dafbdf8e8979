"""SQL of the search function, kept apart from the migration so that a reader finds it."""

EXTENSIONS = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS btree_gin;
"""

# What begins as typed is asked for in order (index on beginnings), so that a word shared by thousands cannot hide the
# record whose name it is; then what holds it anywhere (index on trigrams); similar words only when nothing is found.
FIND = """
CREATE OR REPLACE FUNCTION search_find(of_company bigint, words text, labels text[], most int)
RETURNS TABLE (label text, object_id bigint, title text, subtitle text, rank double precision)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    seen text := current_setting('app.companies', true);
    needle text := lower(unaccent(words));
    escaped text := replace(replace(replace(needle, '\\', '\\\\'), '%', '\\%'), '_', '\\_');
    pattern text := '%' || escaped || '%';
    beyond text := needle || chr(1114111);
    found int;
BEGIN
    IF seen IS DISTINCT FROM '*' AND NOT (of_company::text = ANY (string_to_array(coalesce(seen, ''), ','))) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT * FROM (
            SELECT DISTINCT ON (e.label, e.object_id) e.label::text, e.object_id, e.title::text, e.subtitle::text,
                CASE WHEN lower(unaccent(e.title)) = needle THEN 1.0
                     WHEN lower(unaccent(e.title)) LIKE needle || '%' THEN 0.9
                     ELSE 0.6 END::double precision AS rank
            FROM (
                (SELECT * FROM search_searchentry s
                 WHERE s.company_id = of_company AND left(s.text, 120) ~>=~ needle AND left(s.text, 120) ~<~ beyond
                    AND (labels IS NULL OR s.label = ANY (labels))
                 ORDER BY left(s.text, 120) USING ~<~ LIMIT greatest(most * 2, 50))
                UNION
                (SELECT * FROM search_searchentry s
                 WHERE s.company_id = of_company AND s.text LIKE pattern
                    AND (labels IS NULL OR s.label = ANY (labels))
                 LIMIT greatest(most * 5, 200))
            ) e
            ORDER BY e.label, e.object_id, rank DESC
        ) hits ORDER BY hits.rank DESC, hits.object_id DESC LIMIT most;
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found = 0 AND length(needle) >= 3 THEN
        PERFORM set_config('pg_trgm.word_similarity_threshold', '0.4', true);
        RETURN QUERY
            SELECT * FROM (
                SELECT DISTINCT ON (e.label, e.object_id) e.label::text, e.object_id, e.title::text, e.subtitle::text,
                    (word_similarity(needle, e.text) / 2)::double precision AS rank
                FROM search_searchentry e
                WHERE e.company_id = of_company AND needle <% e.text AND (labels IS NULL OR e.label = ANY (labels))
                ORDER BY e.label, e.object_id, rank DESC
            ) hits ORDER BY hits.rank DESC, hits.object_id DESC LIMIT most;
    END IF;
END
$$;
"""

DROP_FIND = "DROP FUNCTION IF EXISTS search_find(bigint, text, text[], int);"

# What a list filters by: every record that holds the words, not the best of them, so that what is exported, added up or
# acted on is all that matches. Similar ones again only when nothing holds them, and of those the best.
MATCHES = """
CREATE OR REPLACE FUNCTION search_matches(of_company bigint, of_label text, words text, most bigint)
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE ROWS 2000 SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    seen text := current_setting('app.companies', true);
    needle text := lower(unaccent(words));
    escaped text := replace(replace(replace(needle, '\\', '\\\\'), '%', '\\%'), '_', '\\_');
    found int;
BEGIN
    IF seen IS DISTINCT FROM '*' AND NOT (of_company::text = ANY (string_to_array(coalesce(seen, ''), ','))) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT DISTINCT s.object_id FROM search_searchentry s
        WHERE s.company_id = of_company AND s.label = of_label AND s.text LIKE '%' || escaped || '%'
        LIMIT most;
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found = 0 THEN
        RETURN QUERY SELECT f.object_id FROM search_find(of_company, words, ARRAY[of_label], 2000) f;
    END IF;
END
$$;
"""

DROP_MATCHES = "DROP FUNCTION IF EXISTS search_matches(bigint, text, text, bigint);"
