"""The row of the bar that invoicing answers for: aged receivables of 5,000 customers on any day. `rows((1, 10))` takes
the figure at ten times the history, too; writing that much takes minutes.

`rows()` measures ours beside plain SQL, interleaved in the same run, and yields `(row, ours, floor, target)`. It makes
demo companies of its own.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db import connection, transaction

from bench.ledger import interleaved, new_company, owner_connection
from core.company.models import Company
from core.company.tenancy import all_companies, use_companies
from erp.invoicing.queries import aged_receivables

Row = tuple[str, str, str, str]
TODAY = dt.date(2026, 6, 30)
LAST_YEAR = dt.date(2025, 6, 30)
CUSTOMERS = 5_000
HISTORY = 20  # invoices a customer

_PARTIES = """
    INSERT INTO parties_party (company_id, version, external_id, created_at, updated_at, kind, name, legal_name, code,
        is_customer, is_supplier, is_prospect, is_employee, job_title, industry, country, language, notes, active)
    SELECT %(company)s, 1, '', now(), now(), 'organisation', 'Customer ' || lpad(n::text, 5, '0'), '', 'B' || n,
        true, false, false, false, '', '', 'DE', '', '', true
    FROM generate_series(1, %(customers)s) n
"""
# Each customer gets its invoices evenly over 900 days up to the present day, due after 30.
_INVOICES = """
    INSERT INTO invoicing_openitem (company_id, side, party_id, document_label, document_id, document_number,
        instalment, document_date, due_date, currency_id, amount, currency_amount, open_amount, open_currency_amount)
    SELECT %(company)s, 'receivable', party.id, 'bench.invoice', %(base)s + row_number() OVER (), 'INV', 1, day,
        day + 30, 'EUR', amount, amount, amount, amount
    FROM parties_party party, generate_series(1, %(history)s) n,
        LATERAL (SELECT %(today)s::date - (900 * n / %(history)s - (party.id + n) %% 40)::int AS day,
            (100 + (party.id * 7 + n * 13) %% 900)::numeric AS amount) made
    WHERE party.company_id = %(company)s
"""
# All but every twentieth of the older ones were paid, up to 60 days after their date.
_PAYMENTS = """
    INSERT INTO invoicing_openitem (company_id, side, party_id, document_label, document_id, document_number,
        instalment, document_date, due_date, currency_id, amount, currency_amount, open_amount, open_currency_amount)
    SELECT company_id, side, party_id, 'bench.payment', id, 'RCP', 1, paid, paid, 'EUR', -amount, -amount, 0, 0
    FROM (SELECT *, document_date + (id %% 60)::int AS paid FROM invoicing_openitem
        WHERE company_id = %(company)s AND document_label = 'bench.invoice' AND id %% 20 > 0) invoice
    WHERE paid < %(today)s
"""
_ALLOCATIONS = """
    INSERT INTO invoicing_allocation (company_id, debit_item_id, credit_item_id, debit_amount, credit_amount,
        currency_amount, effective_date, created_at)
    SELECT payment.company_id, payment.document_id, payment.id, -payment.amount, -payment.amount, -payment.amount,
        payment.document_date, now()
    FROM invoicing_openitem payment
    WHERE payment.company_id = %(company)s AND payment.document_label = 'bench.payment'
"""
_FLOOR = """
    SELECT party_id, sum(open_amount), sum(CASE WHEN due_date < %(as_of)s THEN open_amount ELSE 0 END)
    FROM invoicing_openitem
    WHERE company_id = %(company)s AND side = 'receivable' AND life IS NULL
    GROUP BY party_id
"""


def rows(lengths: Sequence[int] = (1,)) -> Iterator[Row]:
    """Every row; the floor sums what is open now, without ageing the past."""
    for times in lengths:
        with all_companies():
            owner = company_with_receivables(HISTORY * times)
        with use_companies([owner.pk]):
            history = f"{CUSTOMERS * HISTORY * times:,} invoices"
            yield measured(owner, f"aged receivables of {CUSTOMERS:,} customers, today, {history}", TODAY)
            yield measured(owner, f"the same, a year ago, {history}", LAST_YEAR)


def measured(owner: Company, name: str, as_of: dt.date) -> Row:
    with owner_connection() as plain:

        def floor() -> None:
            plain.execute(_FLOOR, {"company": owner.pk, "as_of": as_of}).fetchall()

        def ours() -> None:
            with transaction.atomic():
                aged_receivables(company_id=owner.pk, as_of=as_of)

        fast, plainly = interleaved(ours, floor)
    return name, f"{fast:.1f} ms", f"{plainly:.1f} ms", "≤ 30 ms"


def company_with_receivables(history: int) -> Company:
    """A company with open items written by SQL past our operations, but not past the database's own rules."""
    owner = new_company(f"aged{history}")
    values = {
        "company": owner.pk, "customers": CUSTOMERS, "history": history, "today": TODAY, "base": owner.pk * 10**8,
    }  # fmt: skip
    for statement in (_PARTIES, _INVOICES, _PAYMENTS, _ALLOCATIONS):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)  # type: ignore[arg-type]
        with owner_connection() as plain:  # what autovacuum does within a minute or two
            for table in ("parties_party", "invoicing_openitem", "invoicing_allocation"):
                plain.execute(f"VACUUM ANALYZE {table}")
    return owner
