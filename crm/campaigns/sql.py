"""SQL of the audience. The company is named besides the wall, so that indexes serve it."""

import hashlib

# Of a person's mail addresses the primary one counts, of what they said about mailings the latest word. A stop counts
# until its owner gives consent anew. Of several people with one address, the first who may be mailed gets the mail.
PEOPLE = """
WITH of AS MATERIALIZED (SELECT %s::bigint AS company_id, %s::bigint AS segment_id, %s::boolean AS customers_too),
chosen_parties AS (
    SELECT id FROM ({parties}) AS matching (id)
    UNION SELECT m.party_id FROM campaigns_segmentmember m, of WHERE m.segment_id = of.segment_id
),
chosen_leads AS (
    SELECT id FROM ({leads}) AS matching (id)
    UNION SELECT m.lead_id FROM campaigns_segmentmember m, of WHERE m.segment_id = of.segment_id
),
mails AS (
    SELECT DISTINCT ON (c.party_id) c.party_id, lower(c.value) AS email FROM parties_contactpoint c
    WHERE c.company_id = (SELECT company_id FROM of) AND c.kind = 'email'
    ORDER BY c.party_id, c.is_primary DESC, c.id
),
words AS (
    SELECT DISTINCT ON (c.party_id) c.party_id, c.act, c.given_at FROM contacts_consent c
    WHERE c.company_id = (SELECT company_id FROM of) AND c.channel = 'email' AND c.purpose = 'marketing'
    ORDER BY c.party_id, c.given_at DESC, c.id DESC
),
stops AS (
    SELECT DISTINCT ON (s.address_hash) s.address_hash, s.reason, s.at FROM campaigns_suppression s
    WHERE s.company_id = (SELECT company_id FROM of) ORDER BY s.address_hash, s.at DESC, s.id DESC
),
everybody AS (
    SELECT p.id AS party_id, NULL::bigint AS lead_id, mails.email, words.act AS word, words.given_at AS word_at,
        p.is_customer OR coalesce(parent.is_customer, false) AS is_customer
    FROM chosen_parties JOIN parties_party p USING (id)
    LEFT JOIN parties_party parent ON parent.id = p.parent_id
    LEFT JOIN mails ON mails.party_id = p.id
    LEFT JOIN words ON words.party_id = p.id
    UNION ALL
    SELECT NULL, l.id, lower(nullif(l.email, '')), CASE WHEN l.consented_at IS NOT NULL THEN 'given' END,
        l.consented_at, false
    FROM chosen_leads JOIN leads_lead l USING (id)
),
judged AS (
    SELECT e.party_id, e.lead_id, coalesce(e.email, '') AS email,
        CASE
            WHEN e.email IS NULL THEN 'no_address'
            WHEN stops.reason IS NOT NULL THEN stops.reason
            WHEN e.word = 'withdrawn' THEN 'unsubscribed'
            WHEN e.word = 'given' OR (e.is_customer AND of.customers_too) THEN ''
            ELSE 'no_consent'
        END AS reason
    FROM of CROSS JOIN everybody e
    LEFT JOIN stops ON stops.address_hash = encode(sha256(convert_to(of.company_id || ':' || e.email, 'UTF8')), 'hex')
        AND (e.word IS DISTINCT FROM 'given' OR stops.at >= e.word_at)
)
SELECT party_id, lead_id, email,
    CASE WHEN reason = '' AND row_number() OVER (PARTITION BY email, reason ORDER BY party_id, lead_id) > 1
        THEN 'duplicate' ELSE reason END AS reason
FROM judged
"""

COUNT = "SELECT reason, count(*) FROM ({people}) AS people GROUP BY reason"

FIRST = """
SELECT party_id, lead_id, email, reason FROM ({people}) AS people WHERE reason = %s
ORDER BY party_id, lead_id LIMIT %s
"""

FREEZE = """
WITH frozen AS (
    INSERT INTO campaigns_mailingrecipient (company_id, mailing_id, party_id, lead_id, email, status, reason, detail)
    SELECT %s, %s, party_id, lead_id, email, CASE reason WHEN '' THEN 'queued' ELSE 'skipped' END, reason, ''
    FROM ({people}) AS people ORDER BY party_id, lead_id
    RETURNING reason
)
SELECT reason, count(*) FROM frozen GROUP BY reason
"""


def address_hash(company_id: int, email: str) -> str:
    """What `stops` compares with."""
    return hashlib.sha256(f"{company_id}:{email.lower()}".encode()).hexdigest()
