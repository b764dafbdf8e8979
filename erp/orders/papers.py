"""What a quotation's paper says, frozen when it is sent."""

from collections.abc import Sequence
from typing import Any

from core.catalog.totals import price_lines, tax_summary
from core.company.models import Company
from core.documents.models import FrozenPaper
from core.documents.papers import freeze_paper
from erp.orders.models import Quotation

QUOTATION_TEMPLATE = "pdf/quotation.html"


def freeze_quotation(quotation: Quotation, company: Company, lines: Sequence[Any]) -> FrozenPaper:
    """Keep the data of the paper as it is now; later changes of names, addresses and prices do not reach it."""
    party = quotation.party
    priced = price_lines(lines, company=company, currency=quotation.currency)
    data = {
        "number": quotation.number,
        "revision": quotation.revision,
        "date": quotation.document_date,
        "valid_until": quotation.valid_until,
        "requested_date": quotation.requested_date,
        "reference": quotation.reference,
        "currency": quotation.currency_id,
        "minor_units": quotation.currency.minor_units,
        "company": {
            "name": company.legal_name or company.name,
            "address": company.address,
            "tax_number": company.tax_number,
            "email": company.email,
        },
        "party": {"name": party.legal_name or party.name, "address": quotation.delivery_address},
        "payment_term": quotation.payment_term,
        "lines": [_line(line) for line in lines],
        "net": quotation.net_amount,
        "tax": quotation.tax_amount,
        "total": quotation.total_amount,
        "taxes": tax_summary(priced),
        "notes": quotation.notes,
    }
    return freeze_paper(
        quotation,
        template=QUOTATION_TEMPLATE,
        data=data,
        language=party.language or company.language,
        company_id=company.pk,
    )


def _line(line: Any) -> dict[str, Any]:
    return {
        "sku": line.item.sku if line.item else "",
        "description": line.description,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price": line.unit_price,
        "discount_percent": line.discount_percent,
        "net": line.net_amount,
    }
