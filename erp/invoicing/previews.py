"""Totals of an invoice while it is being written. Nothing is saved."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.catalog.enums import TaxDirection
from core.catalog.pricing import PricedDocument
from core.catalog.totals import price_lines
from core.company.models import Company, Currency
from core.errors import DomainError
from core.parties.models import Party
from core.ui import formats
from erp.invoicing.kinds import SALES, SUPPLIER, InvoiceType
from erp.invoicing.lines import draft_lines

Values = Mapping[str, Any]


def sales_invoice_totals(*, company_id: int, values: Values, lines: Sequence[Values]) -> list[dict[str, Any]]:
    """Net, tax and total of what the form says so far; an incomplete form totals what is complete."""
    return _totals(SALES, company_id, values, lines)


def supplier_invoice_totals(*, company_id: int, values: Values, lines: Sequence[Values]) -> list[dict[str, Any]]:
    """The same for a supplier invoice."""
    return _totals(SUPPLIER, company_id, values, lines)


def _totals(kind: InvoiceType, company_id: int, values: Values, lines: Sequence[Values]) -> list[dict[str, Any]]:
    company = Company.objects.select_related("currency").get(pk=company_id)
    party = Party.objects.filter(company=company, pk=values.get("party_id") or 0).select_related("currency").first()
    currency = _currency(company, party, values.get("currency_id"))
    day = values.get("document_date") or timezone.localdate()
    invoice: Any = kind.model(company=company, currency=currency, document_date=day)
    invoice._state.fields_cache["party"] = party
    complete = [line for line in lines if line.get("item_id") or line.get("description")]
    try:
        rows = draft_lines(kind.line_model, invoice, complete, TaxDirection(kind.tax_direction))
        priced = price_lines(rows, company=company, currency=currency)
    except DomainError:
        return []
    return total_rows(priced, currency.code)


def _currency(company: Company, party: Party | None, code: str | None) -> Currency:
    if code and code != company.currency_id:
        return Currency.objects.filter(pk=code).first() or company.currency
    return (party.currency if party and not code else None) or company.currency


def total_rows(priced: PricedDocument, currency: str) -> list[dict[str, Any]]:
    """Net, each tax with its base, and the total that counts."""
    taxes = [
        {
            "label": _("%(tax)s on %(base)s") % {"tax": tax.code, "base": formats.money(tax.base, currency)},
            "value": formats.money(tax.amount, currency),
        }
        for tax in priced.taxes
    ]
    return [
        {"label": _("Net"), "value": formats.money(priced.totals.net, currency)},
        *taxes,
        {"label": _("Total"), "value": formats.money_with_currency(priced.totals.total, currency), "strong": True},
    ]
