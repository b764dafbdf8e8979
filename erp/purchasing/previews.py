"""A purchase order while it is being written. Nothing is saved."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from core.company.models import Company
from core.errors import DomainError
from core.parties.models import Party
from core.ui.previews import Preview, is_begun, line_previews
from core.ui.totals import tax_row, total_rows
from erp.purchasing.operations.drafting import currency_for, price_draft


def preview_purchase_order(
    *, company_id: int, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> Preview:
    """What the form says so far; nothing while it names no supplier or cannot be priced."""
    company = Company.objects.select_related("currency").get(pk=company_id)
    own = Party.objects.select_related("currency").filter(company_id=company_id)
    party = own.filter(pk=values["party_id"]).first() if values.get("party_id") else None
    begun = [line for line in lines if is_begun(line)]
    if party is None or not begun:
        return Preview()
    currency = currency_for(company, party, values.get("currency_id"))
    on = values.get("document_date") or timezone.localdate()
    try:
        draft = price_draft(begun, company=company, party=party, on=on, currency=currency)
    except DomainError:
        return Preview()
    code, totals = currency.code, draft.priced.totals
    shown = total_rows(totals.net, [tax_row(totals.tax, code)], totals.total, code)
    return Preview(shown, line_previews(lines, draft.lines, code))
