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
from core.parties.letterhead import address_lines
from core.ui import formats
from core.ui import paper_parts as parts
from core.ui.totals import each_tax, total_rows
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
    currency = quotation.currency_id
    title = _("Quotation %(number)s") % {"number": quotation.number}
    taxes = each_tax(priced.taxes, currency)
    address = quotation.delivery_address.splitlines()
    return {
        **parts.heading(title, company, parts.addressed(quotation.party), address),
        "facts": parts.facts(
            (
                (_("Date"), formats.date(quotation.document_date)),
                (_("Valid until"), formats.date(quotation.valid_until)),
                (_("Your reference"), quotation.reference),
                (_("Payment term"), str(quotation.payment_term or "")),
                (_("Delivery by"), formats.date(quotation.requested_date)),
            )
        ),
        "headers": parts.priced_headers(currency),
        "rows": [parts.priced_row(line, currency) for line in lines],
        "totals": total_rows(quotation.net_amount, taxes, quotation.total_amount, currency),
        "notes": [quotation.notes] if quotation.notes else [],
        "valid_until": formats.date(quotation.valid_until),
    }


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
    title = _("Delivery note %(number)s") % {"number": delivery.number}
    given = [line for line in delivery.delivery_address.splitlines() if line]
    address = given or address_lines(party, AddressKind.DELIVERY)
    return {
        **parts.heading(title, delivery.company, parts.addressed(party), address),
        "facts": parts.facts(
            (
                (_("Date"), formats.date(delivery.document_date)),
                (_("Order"), order.number or ""),
                (_("Your reference"), order.reference),
                (_("Carrier"), delivery.carrier),
                (_("Tracking number"), delivery.tracking_number),
            )
        ),
        "headers": parts.goods_headers(),
        "rows": [parts.goods_row(line) for line in lines],
    }
