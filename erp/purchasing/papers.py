"""What a purchase order's paper says, in the supplier's language, frozen when it is confirmed."""

from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from core.documents.models import FrozenPaper
from core.documents.papers import freeze_paper
from core.parties.letterhead import address_lines
from core.ui import formats
from core.ui import paper_parts as parts
from core.ui.totals import tax_row, total_rows
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
    title = _("Purchase order %(number)s") % {"number": order.number}
    return {
        **parts.heading(title, order.company, parts.addressed(party), address_lines(party)),
        "facts": parts.facts(
            (
                (_("Date"), formats.date(order.document_date)),
                (_("Your reference"), order.reference),
                (_("Delivery by"), formats.date(order.expected_date)),
                (_("Deliver to"), str(order.warehouse or "")),
                (_("Payment term"), str(order.payment_term or "")),
            )
        ),
        "headers": parts.priced_headers(currency),
        "rows": [parts.priced_row(line, currency) for line in lines],
        "totals": total_rows(order.net_amount, [tax_row(order.tax_amount, currency)], order.total_amount, currency),
        "notes": [order.notes] if order.notes else [],
    }
