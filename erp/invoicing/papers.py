"""What a sales invoice's paper says, in the customer's language, frozen at posting. Later changes of names, addresses,
taxes and wording do not reach it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from core.catalog.pricing import PricedDocument
from core.company.models import Company
from core.documents.papers import freeze_paper
from core.parties.enums import AddressKind
from core.parties.models import Address, Party
from core.ui import formats
from erp.invoicing.models import InvoiceBase, SalesInvoice
from erp.invoicing.terms import Instalment

TEMPLATE = "pdf/sales_invoice.html"


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom the paper goes, in the language it speaks; read before the number is drawn."""

    language: str
    name: str
    lines: tuple[str, ...]


def addressee(invoice: InvoiceBase) -> Addressee | None:
    """None for a supplier's invoice, which has its own paper."""
    if not isinstance(invoice, SalesInvoice):
        return None
    party = invoice.party
    language = party.language or invoice.company.language
    with translation.override(language):
        return Addressee(language, party.legal_name or party.name, tuple(_address(party)))


def freeze(
    invoice: SalesInvoice, to: Addressee, lines: Sequence[Any], priced: PricedDocument, parts: Sequence[Instalment]
) -> None:
    """Keep the paper of an invoice or credit note we send."""
    with translation.override(to.language):
        data = _data(invoice, to, lines, priced, parts)
    freeze_paper(invoice, template=TEMPLATE, data=data, language=to.language, company_id=invoice.company_id)


def _data(
    invoice: SalesInvoice, to: Addressee, lines: Sequence[Any], priced: PricedDocument, parts: Sequence[Instalment]
) -> dict[str, Any]:
    title = _("Credit note %(number)s") if invoice.is_credit_note else _("Invoice %(number)s")
    return {
        "title": title % {"number": invoice.number},
        "seller": _seller(invoice.company),
        "party_label": _("To"),
        "party": {"name": to.name, "lines": list(to.lines)},
        "facts": _facts(invoice),
        "headers": [
            {"label": label, "num": num}
            for label, num in (
                (_("Item"), False),
                (_("Quantity"), True),
                (_("Unit price"), True),
                (_("Discount"), True),
                (_("Net %(currency)s") % {"currency": invoice.currency_id}, True),
            )
        ],
        "rows": [_row(line, invoice.currency_id) for line in lines],
        "totals": _totals(invoice, priced),
        "notes": [text for text in (invoice.reason, invoice.notes) if text],
        "payment": [] if invoice.is_credit_note else _payment(invoice, parts),
    }


def _seller(company: Company) -> dict[str, Any]:
    name = company.legal_name or company.name
    tax_number = _("Tax number %(number)s") % {"number": company.tax_number} if company.tax_number else ""
    return {
        "name": name,
        "lines": [part for part in (*company.address.splitlines(), company.email) if part],
        "footer": " · ".join(part for part in (name, tax_number) if part),
    }


def _address(party: Party) -> list[str]:
    """The invoice address, else the main one; the tax number when there is one."""
    ranks = {AddressKind.INVOICE: 0, AddressKind.MAIN: 1}
    found = sorted(Address.objects.filter(party=party), key=lambda a: (ranks.get(AddressKind(a.kind), 2), a.pk))
    tax_ids = [f"{_('Tax number')} {tax_id.country} {tax_id.number}" for tax_id in party.tax_ids.all()[:1]]
    return [*(_lines_of(found[0]) if found else ()), *tax_ids]


def _lines_of(address: Address) -> list[str]:
    town = f"{address.postal_code} {address.city}".strip()
    return [part for part in (address.name, address.street, town, address.region, address.country) if part]


def _facts(invoice: SalesInvoice) -> list[dict[str, str]]:
    facts = (
        (_("Date"), formats.date(invoice.document_date)),
        (_("Credits invoice"), (invoice.reverses.number or "") if invoice.reverses else ""),
        (_("Your reference"), invoice.reference),
        (_("Payment term"), str(invoice.payment_term or "")),
    )
    return [{"label": label, "value": value} for label, value in facts if value]


def _row(line: Any, currency: str) -> list[dict[str, Any]]:
    quantity = f"{formats.quantity(line.quantity)} {line.unit or ''}".strip()
    return [
        {"value": line.description, "note": line.item.sku if line.item else ""},
        {"value": quantity, "num": True},
        {"value": formats.price(line.unit_price), "num": True},
        {"value": formats.percent(line.discount_percent or None), "num": True},
        {"value": formats.money(line.net_amount, currency), "num": True},
    ]


def _totals(invoice: SalesInvoice, priced: PricedDocument) -> list[dict[str, Any]]:
    currency = invoice.currency_id
    taxes = [
        {
            "label": _("%(tax)s on %(base)s") % {"tax": tax.code, "base": formats.money(tax.base, currency)},
            "value": formats.money(tax.amount, currency),
        }
        for tax in priced.taxes
    ]
    total = formats.money_with_currency(invoice.total_amount, currency)
    return [
        {"label": _("Net"), "value": formats.money(invoice.net_amount, currency)},
        *taxes,
        {"label": _("Total"), "value": total, "strong": True},
    ]


def _payment(invoice: SalesInvoice, parts: Sequence[Instalment]) -> list[dict[str, str]]:
    """When which amount is due."""
    return [
        {
            "label": _("Due %(date)s") % {"date": formats.date(part.due_date)},
            "value": formats.money_with_currency(part.amount, invoice.currency_id),
        }
        for part in parts
    ]
