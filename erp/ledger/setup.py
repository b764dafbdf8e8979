"""Giving a company its ledger."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from core.company.models import Company
from core.company.queries import local_date
from erp.ledger.calendar import fiscal_year_start
from erp.ledger.charts import chart
from erp.ledger.enums import ChartTemplate, JournalKind
from erp.ledger.models import Account, Chart, Journal, PostingRule
from erp.ledger.operations.periods import open_fiscal_year

if TYPE_CHECKING:
    from core.access.models import User

JOURNALS = {
    JournalKind.SALES: ("SAL", "Sales"),
    JournalKind.PURCHASE: ("PUR", "Purchases"),
    JournalKind.BANK: ("BNK", "Bank and cash"),
    JournalKind.STOCK: ("STK", "Stock"),
    JournalKind.GENERAL: ("GEN", "General"),
    JournalKind.OPENING: ("OPN", "Opening"),
}
JOURNALS_CN = {
    JournalKind.SALES: ("SAL", "销售"),
    JournalKind.PURCHASE: ("PUR", "采购"),
    JournalKind.BANK: ("BNK", "银行与现金"),
    JournalKind.STOCK: ("STK", "存货"),
    JournalKind.GENERAL: ("GEN", "记账"),
    JournalKind.OPENING: ("OPN", "期初"),
}


def set_up_ledger(
    *,
    company_id: int,
    template: ChartTemplate | str = ChartTemplate.IFRS,
    user: User | None,
    now: dt.datetime,
    first_year: int,
) -> None:
    """Install chart, journals and posting rules, and open the fiscal years from `first_year` to the present one. What
    is there already stays as it is, so running it again changes nothing.

    :param first_year: the calendar year in which the first fiscal year ends.
    """
    template = ChartTemplate(template)
    with transaction.atomic():
        company = Company.objects.select_for_update(of=("self",)).get(pk=company_id)
        if not Account.objects.filter(company=company).exists():
            _install_chart(company, template, user)
        _install_journals(company, template, user)
        present = fiscal_year_start(local_date(company, now), company.fiscal_year_start_month)
        last_year = present.year if company.fiscal_year_start_month == 1 else present.year + 1
        for year in range(first_year, max(first_year, last_year) + 1):
            open_fiscal_year(company_id=company_id, year=year, user=user, now=now)


def _install_chart(company: Company, template: ChartTemplate, user: User | None) -> None:
    """Parents first, a generation at a time, because children need their ids."""
    Chart.objects.create(company=company, template=template)
    rows = {row.code: row for row in chart(template)}
    made: dict[str, Account] = {}
    waiting = list(rows.values())
    while waiting:
        ready = [row for row in waiting if not row.parent or row.parent in made]
        accounts = [
            Account(
                company=company,
                created_by=user,
                code=row.code,
                name=row.name,
                kind=row.kind,
                parent=made.get(row.parent),
                is_group="group" in row.flags,
                is_control="control" in row.flags,
                party_required="party" in row.flags,
            )
            for row in ready
        ]
        made |= {account.code: account for account in Account.objects.bulk_create(accounts)}
        waiting = [row for row in waiting if row.code not in made]
    PostingRule.objects.bulk_create(
        PostingRule(company=company, created_by=user, key=key, account=made[row.code])
        for row in rows.values()
        for key in row.keys
    )


def _install_journals(company: Company, template: ChartTemplate, user: User | None) -> None:
    kept = set(Journal.objects.filter(company=company, is_default=True).values_list("kind", flat=True))
    names = JOURNALS_CN if template == ChartTemplate.CN else JOURNALS
    Journal.objects.bulk_create(
        Journal(company=company, created_by=user, code=code, name=name, kind=kind, is_default=True)
        for kind, (code, name) in names.items()
        if kind not in kept
    )
