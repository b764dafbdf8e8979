"""Totals of a quotation or order while it is being written. Nothing is saved."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.errors import DomainError
from core.parties.models import Party
from core.ui import formats
from erp.orders.models import SalesOrderLine
from erp.orders.operations.drafting import currency_for, price_draft, read_company


def sale_totals(
    *, company_id: int, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Net, tax and total of what the form says so far; an incomplete form totals what is complete."""
    company = read_company(company_id)
    party = (
        Party.objects.filter(company_id=company_id, pk=values.get("party_id") or 0).select_related("currency").first()
    )
    currency = currency_for(company, party, values.get("currency_id")) if party else company.currency
    try:
        draft = price_draft(
            SalesOrderLine,
            [line for line in lines if line.get("item_id") or line.get("description")],
            company=company,
            party=party,
            on=values.get("document_date") or company.created_at.date(),
            currency=currency,
            freight_amount=values.get("freight_amount"),
        )
    except DomainError:
        return []
    totals = draft.priced.totals
    return [
        {"label": _("Net"), "value": formats.money(totals.net, currency.code)},
        {"label": _("Tax"), "value": formats.money(totals.tax, currency.code)},
        {"label": _("Total"), "value": formats.money_with_currency(totals.total, currency.code), "strong": True},
    ]
