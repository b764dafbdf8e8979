"""The command palette over HTTP, one person typing: any record out of 200,000 by name, number, phone and with a slip.

`rows()` yields `(row, ours, floor, target)`; the floor is a page that does nothing but answer. It makes a demo company
of its own, whose search index the database's own triggers fill.
"""

import http.client
import statistics
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.db import connection, transaction

from bench.pages import NOW, Row, gather_statistics
from bench.web import Site, site
from core.access.enums import Role
from core.access.models import User
from core.company.models import Company, Membership
from core.company.tenancy import all_companies, use_companies
from integration.setup import set_up_company

PARTIES, PHONES, ROUNDS = 200_000, 20_000, 20
SLICE = 1_000  # a trigger's subtransactions look through all that waits for triggers, so larger statements get slower
TARGET = "≤ 100 ms"

# Names of two words and a number, so that a word alone is shared by thousands.
_PARTIES = """
    INSERT INTO parties_party (company_id, version, external_id, created_at, updated_at, kind, name, legal_name, code,
        is_customer, is_supplier, is_prospect, is_employee, job_title, industry, country, language, notes, active)
    SELECT %(company)s, 1, '', %(now)s, %(now)s, 'organisation',
        (ARRAY['Amber', 'Basalt', 'Cobalt', 'Dolomite', 'Feldspar', 'Garnet', 'Jasper', 'Marble'])[1 + n %% 8] || ' '
            || (ARRAY['Bakery', 'Foundry', 'Joinery', 'Pottery', 'Tannery'])[1 + n %% 5] || ' ' || n,
        '', 'C' || n, true, false, false, false, '', '', 'DE', '', '', true
    FROM generate_series(%(first)s::int, %(last)s::int) n
"""
_PHONES = """
    INSERT INTO parties_contactpoint (company_id, version, external_id, created_at, updated_at, party_id, kind, value,
        label, is_primary)
    SELECT company_id, 1, '', %(now)s, %(now)s, id, 'phone', '+4930' || (5000000 + substr(code, 2)::int), '', true
    FROM parties_party WHERE company_id = %(company)s AND substr(code, 2)::int BETWEEN %(first)s::int AND %(last)s::int
"""
TERMS = {
    "a name": ["garnet bakery 1{n}5", "cobalt foundry 2{n}1"],
    "a number": ["C1{n}77", "C9{n}01"],
    "a phone number": ["50{n}42", "50{n}99"],
    "a word of thousands": ["marble", "tannery"],
    "a slip of the pen": ["garnett bakerry {n}", "dolomit potery {n}"],
}


def rows(parties: int = PARTIES) -> Iterator[Row]:
    with all_companies():
        user = crowded_company(parties)
    with site(user) as web:
        floor = f"{_median(web, '/healthz'):.0f} ms"
        for what, terms in TERMS.items():
            taken = [_seconds(web, "/palette/?q=" + quote(t.format(n=n))) for n in range(ROUNDS) for t in terms]
            shown = (
                f"{statistics.median(taken) * 1000:.0f} ms, p95 {statistics.quantiles(taken, n=20)[-1] * 1000:.0f} ms"
            )
            yield f"palette, {parties} records: {what}", shown, floor, TARGET


def crowded_company(parties: int) -> User:
    with transaction.atomic():
        company: Company = set_up_company(
            code=f"find-{time.time_ns() % 10**9}", name="Bench", country="DE", currency_code="EUR", first_year=2026,
            user=None, now=NOW, is_demo=True,
        )  # fmt: skip
        user = User.objects.create(email=f"{company.code}@bench.example", name="Bench", password="!")  # noqa: S106
        Membership.objects.create(user=user, company=company, role=Role.SALES_MANAGER)
    for statement, count in ((_PARTIES, parties), (_PHONES, PHONES)):
        for first in range(1, count + 1, SLICE):
            last = first + SLICE - 1
            values: dict[str, Any] = {"company": company.pk, "now": NOW, "first": first, "last": last}
            with use_companies([company.pk]), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
    gather_statistics("parties_party", "parties_contactpoint", "search_searchentry")
    return user


def _median(web: Site, path: str) -> float:
    return statistics.median(_seconds(web, path) for _ in range(ROUNDS)) * 1000


def _seconds(web: Site, path: str) -> float:
    client = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
    try:
        return web.get(client, path)[0]
    finally:
        client.close()
