"""A quotation or order while it is being written. Nothing is saved."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from core.errors import DomainError
from core.parties.models import Party
from core.ui.previews import Preview, is_begun, line_previews
from core.ui.totals import tax_row, total_rows
from erp.orders.models import SalesOrderLine
from erp.orders.operations.drafting import currency_for, price_draft, read_company


def preview_sale(*, company_id: int, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Preview:
    """What the form says so far; of an incomplete form, what is complete."""
    company = read_company(company_id)
    party = (
        Party.objects.filter(company_id=company_id, pk=values.get("party_id") or 0).select_related("currency").first()
    )
    currency = currency_for(company, party, values.get("currency_id")) if party else company.currency
    try:
        draft = price_draft(
            SalesOrderLine,
            [line for line in lines if is_begun(line)],
            company=company,
            party=party,
            on=values.get("document_date") or timezone.localdate(),
            currency=currency,
            freight_amount=values.get("freight_amount"),
            freight_tax_set_id=values.get("freight_tax_set_id"),
        )
    except DomainError:
        return Preview()
    totals = draft.priced.totals
    shown = total_rows(totals.net, [tax_row(totals.tax, currency.code)], totals.total, currency.code)
    return Preview(shown, line_previews(lines, draft.lines, currency.code))
