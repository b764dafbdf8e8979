"""Totals of an order while it is being written."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.company.models import Company
from core.errors import DomainError
from core.parties.models import Party
from core.ui import formats
from erp.purchasing.operations.drafting import currency_for, price_draft


def draft_totals(
    *, company_id: int, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Net, tax and total of the lines so far; nothing while they cannot be priced."""
    company = Company.objects.select_related("currency").get(pk=company_id)
    own = Party.objects.select_related("currency").filter(company_id=company_id)
    party = own.filter(pk=values["party_id"]).first() if values.get("party_id") else None
    if party is None or not lines:
        return []
    currency = currency_for(company, party, values.get("currency_id"))
    on = values.get("document_date") or timezone.localdate()
    try:
        totals = price_draft(lines, company=company, party=party, on=on, currency=currency).priced.totals
    except DomainError:
        return []
    return [
        {"label": _("Net"), "value": formats.money(totals.net, currency.code)},
        {"label": _("Tax"), "value": formats.money(totals.tax, currency.code)},
        {"label": _("Total"), "value": formats.money_with_currency(totals.total, currency.code), "strong": True},
    ]
