"""What a purchase order's paper says, in the supplier's language, frozen when it is confirmed."""

from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from core.documents.models import FrozenPaper
from core.documents.papers import freeze_paper
from core.parties.letterhead import address_lines, letterhead
from core.ui import formats
from erp.purchasing.models import PurchaseOrder, PurchaseOrderLine

TEMPLATE = "pdf/purchase_order.html"


def freeze_purchase_order(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> FrozenPaper:
    """Keep the paper's words and figures as they are ordered; later changes of names and prices do not reach it."""
    language = order.party.language or order.company.language
    with translation.override(language):
        data = _data(order, lines)
    return freeze_paper(order, template=TEMPLATE, data=data, language=language, company_id=order.company_id)


def _data(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> dict[str, Any]:
    currency, party = order.currency_id, order.party
    return {
        "title": _("Purchase order %(number)s") % {"number": order.number},
        "seller": letterhead(order.company),
        "party_label": _("To"),
        "party": {"name": party.legal_name or party.name, "lines": address_lines(party)},
        "facts": _facts(order),
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
        "totals": [
            {"label": _("Net"), "value": formats.money(order.net_amount, currency)},
            {"label": _("Tax"), "value": formats.money(order.tax_amount, currency)},
            {"label": _("Total"), "value": formats.money_with_currency(order.total_amount, currency), "strong": True},
        ],
        "notes": [order.notes] if order.notes else [],
    }


def _facts(order: PurchaseOrder) -> list[dict[str, str]]:
    facts = (
        (_("Date"), formats.date(order.document_date)),
        (_("Your reference"), order.reference),
        (_("Delivery by"), formats.date(order.expected_date)),
        (_("Deliver to"), str(order.warehouse or "")),
        (_("Payment term"), str(order.payment_term or "")),
    )
    return [{"label": label, "value": value} for label, value in facts if value]


def _row(line: PurchaseOrderLine, currency: str) -> list[dict[str, Any]]:
    quantity = f"{formats.quantity(line.quantity)} {line.unit or ''}".strip()
    return [
        {"value": line.description or str(line.item or ""), "note": line.item.sku if line.item else ""},
        {"value": quantity, "num": True},
        {"value": formats.price(line.unit_price), "num": True},
        {"value": formats.percent(line.discount_percent or None), "num": True},
        {"value": formats.money(line.net_amount, currency), "num": True},
    ]
