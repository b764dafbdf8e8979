"""What the papers of a quotation and a delivery say, in the customer's language, frozen when it is sent or shipped."""

from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from core.catalog.pricing import PricedDocument
from core.catalog.totals import price_lines
from core.company.models import Company
from core.documents.models import FrozenPaper
from core.documents.papers import freeze_paper
from core.parties.enums import AddressKind
from core.parties.letterhead import address_lines, letterhead
from core.ui import formats
from erp.orders.models import Delivery, DeliveryLine, Quotation

QUOTATION_TEMPLATE = "pdf/quotation.html"
DELIVERY_TEMPLATE = "pdf/delivery_note.html"


def freeze_quotation(quotation: Quotation, company: Company, lines: Sequence[Any]) -> FrozenPaper:
    """Keep the paper's words and figures as they are now; later changes of names and prices do not reach it."""
    language = quotation.party.language or company.language
    priced = price_lines(lines, company=company, currency=quotation.currency)
    with translation.override(language):
        data = _data(quotation, company, lines, priced)
    return freeze_paper(quotation, template=QUOTATION_TEMPLATE, data=data, language=language, company_id=company.pk)


def _data(quotation: Quotation, company: Company, lines: Sequence[Any], priced: PricedDocument) -> dict[str, Any]:
    party, currency = quotation.party, quotation.currency_id
    return {
        "title": _("Quotation %(number)s") % {"number": quotation.number},
        "seller": letterhead(company),
        "party_label": _("To"),
        "party": {"name": party.legal_name or party.name, "lines": quotation.delivery_address.splitlines()},
        "facts": _facts(quotation),
        "headers": [
            {"label": label, "num": num}
            for label, num in (
                (_("Item"), False),
                (_("Quantity"), True),
                (_("Unit price"), True),
                (_("Discount"), True),
                (_("Net %(currency)s") % {"currency": currency}, True),
            )
        ],
        "rows": [_row(line, currency) for line in lines],
        "totals": _totals(quotation, priced),
        "notes": [quotation.notes] if quotation.notes else [],
        "valid_until": formats.date(quotation.valid_until),
    }


def _facts(quotation: Quotation) -> list[dict[str, str]]:
    facts = (
        (_("Date"), formats.date(quotation.document_date)),
        (_("Valid until"), formats.date(quotation.valid_until)),
        (_("Your reference"), quotation.reference),
        (_("Payment term"), str(quotation.payment_term or "")),
        (_("Delivery by"), formats.date(quotation.requested_date)),
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


def _totals(quotation: Quotation, priced: PricedDocument) -> list[dict[str, Any]]:
    currency = quotation.currency_id
    taxes = [
        {
            "label": _("%(tax)s on %(base)s") % {"tax": tax.code, "base": formats.money(tax.base, currency)},
            "value": formats.money(tax.amount, currency),
        }
        for tax in priced.taxes
    ]
    total = formats.money_with_currency(quotation.total_amount, currency)
    return [
        {"label": _("Net"), "value": formats.money(quotation.net_amount, currency)},
        *taxes,
        {"label": _("Total"), "value": total, "strong": True},
    ]


def freeze_delivery_note(delivery: Delivery, lines: Sequence[DeliveryLine]) -> FrozenPaper:
    """Keep what goes with the goods: what they are and how many. It bears no prices, for whoever unpacks may not be
    meant to know them."""
    party, company = delivery.party, delivery.company
    language = party.language or company.language
    with translation.override(language):
        data = _delivery_data(delivery, lines)
    return freeze_paper(delivery, template=DELIVERY_TEMPLATE, data=data, language=language, company_id=company.pk)


def _delivery_data(delivery: Delivery, lines: Sequence[DeliveryLine]) -> dict[str, Any]:
    party, order = delivery.party, delivery.order
    facts = (
        (_("Date"), formats.date(delivery.document_date)),
        (_("Order"), order.number or ""),
        (_("Your reference"), order.reference),
        (_("Carrier"), delivery.carrier),
        (_("Tracking number"), delivery.tracking_number),
    )
    given = [line for line in delivery.delivery_address.splitlines() if line]
    return {
        "title": _("Delivery note %(number)s") % {"number": delivery.number},
        "seller": letterhead(delivery.company),
        "party_label": _("To"),
        "party": {
            "name": party.legal_name or party.name,
            "lines": given or address_lines(party, AddressKind.DELIVERY),
        },
        "facts": [{"label": label, "value": value} for label, value in facts if value],
        "headers": [{"label": _("Item"), "num": False}, {"label": _("Quantity"), "num": True}],
        "rows": [_goods(line) for line in lines],
    }


def _goods(line: DeliveryLine) -> list[dict[str, Any]]:
    quantity = f"{formats.quantity(line.quantity)} {line.unit or ''}".strip()
    name = line.description or line.item.name
    return [{"value": name, "note": line.item.sku}, {"value": quantity, "num": True}]
