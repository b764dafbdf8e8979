"""The ticket list over HTTP as 8 people load it at once from 2 web processes: 50 rows out of 200,000.

`rows()` yields `(row, ours, floor, target)`; the floor is a page that does nothing but answer. It makes a demo company
of its own, in which one ticket of twenty is open.
"""

import datetime as dt
import time
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from bench.pages import gather_statistics, without_triggers
from bench.web import load, site
from core.access.enums import Role
from core.access.models import User
from core.company.models import Company, Membership
from core.company.tenancy import all_companies, use_companies
from core.parties.models import Party
from integration.setup import set_up_company

Row = tuple[str, str, str, str]
NOW = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)
TICKETS, CUSTOMERS = 200_000, 2_000
TARGET = "≥ 120 req/s, p95 ≤ 120 ms"

_TICKETS = """
    INSERT INTO tickets_ticket (company_id, version, external_id, created_at, updated_at, number, subject, description,
        party_id, status, priority, channel, opened_at, last_message_at, unanswered_since, resolved_at, resolution,
        closed_at, assignee_id)
    SELECT %(company)s, 1, '', at, at, 'T-2026-' || n, 'Lamp ' || n || ' does not shine', '',
        %(party)s + n %% %(customers)s, CASE WHEN n %% 20 > 0 THEN 'closed' ELSE 'open' END,
        (ARRAY['low', 'normal', 'high', 'urgent'])[1 + n %% 4], 'email', at, at, CASE WHEN n %% 20 = 0 THEN at END,
        CASE WHEN n %% 20 > 0 THEN at END, '', CASE WHEN n %% 20 > 0 THEN at END, CASE WHEN n %% 3 > 0 THEN %(user)s END
    FROM generate_series(1, %(tickets)s) n, LATERAL (SELECT %(now)s - n * interval '3 minutes' AS at) moment
"""


def rows(tickets: int = TICKETS) -> Iterator[Row]:
    with all_companies():
        user = busy_desk(tickets)
    with site(user) as web:
        floor = f"{load(web, '/healthz').per_second:.0f} req/s"
        yield f"open tickets, list of 50 out of {tickets}", str(load(web, "/tickets/")), floor, TARGET
        yield f"all tickets, list of 50 out of {tickets}", str(load(web, "/tickets/?view=all")), floor, TARGET


def busy_desk(tickets: int) -> User:
    """A company with tickets, and the agent who works on most of them."""
    with transaction.atomic():
        company = set_up_company(
            code=f"desk-{time.time_ns() % 10**9}", name="Bench", country="DE", currency_code="EUR", first_year=2026,
            user=None, now=NOW, is_demo=True,
        )  # fmt: skip
        user = User.objects.create(email=f"{company.code}@bench.example", name="Bench", password="!")  # noqa: S106
        Membership.objects.create(user=user, company=company, role=Role.SUPPORT_AGENT)
    with use_companies([company.pk]), transaction.atomic():
        customers = Party.objects.bulk_create(
            Party(company=company, name=f"Customer {n}", is_customer=True) for n in range(CUSTOMERS)
        )
    with use_companies([company.pk]), without_triggers("tickets_ticket"), transaction.atomic():
        _fill(company, user, customers[0], tickets)
    gather_statistics("tickets_ticket", "parties_party")
    return user


def _fill(company: Company, user: User, first: Party, tickets: int) -> None:
    """Ticket n came in 3 n minutes ago; one of twenty is open, the others are closed."""
    values: dict[str, Any] = {"company": company.pk, "user": user.pk, "party": first.pk, "customers": CUSTOMERS}
    with connection.cursor() as cursor:
        cursor.execute(_TICKETS, {**values, "now": NOW, "tickets": tickets})
