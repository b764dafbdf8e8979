"""An invoice while it is being written. Nothing is saved."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from core.catalog.enums import TaxDirection
from core.catalog.totals import price_lines
from core.company.models import Company, Currency
from core.errors import DomainError
from core.parties.models import Party
from core.ui.previews import Preview, is_begun, line_previews
from core.ui.totals import each_tax, total_rows
from erp.invoicing.kinds import SALES, SUPPLIER, InvoiceType
from erp.invoicing.lines import draft_lines

Values = Mapping[str, Any]


def preview_sales_invoice(*, company_id: int, values: Values, lines: Sequence[Values]) -> Preview:
    """What the form says so far; of an incomplete form, what is complete."""
    return _preview(SALES, company_id, values, lines)


def preview_supplier_invoice(*, company_id: int, values: Values, lines: Sequence[Values]) -> Preview:
    """The same for a supplier invoice."""
    return _preview(SUPPLIER, company_id, values, lines)


def _preview(kind: InvoiceType, company_id: int, values: Values, lines: Sequence[Values]) -> Preview:
    company = Company.objects.select_related("currency").get(pk=company_id)
    party = Party.objects.filter(company=company, pk=values.get("party_id") or 0).select_related("currency").first()
    currency = _currency(company, party, values.get("currency_id"))
    day = values.get("document_date") or timezone.localdate()
    invoice: Any = kind.model(company=company, currency=currency, document_date=day)
    invoice._state.fields_cache["party"] = party
    complete = [line for line in lines if is_begun(line)]
    try:
        rows = draft_lines(kind.line_model, invoice, complete, TaxDirection(kind.tax_direction))
        priced = price_lines(rows, company=company, currency=currency)
    except DomainError:
        return Preview()
    code, totals = currency.code, priced.totals
    taxes = each_tax(priced.taxes, code)
    return Preview(total_rows(totals.net, taxes, totals.total, code), line_previews(lines, rows, code))


def _currency(company: Company, party: Party | None, code: str | None) -> Currency:
    if code and code != company.currency_id:
        return Currency.objects.filter(pk=code).first() or company.currency
    return (party.currency if party and not code else None) or company.currency
