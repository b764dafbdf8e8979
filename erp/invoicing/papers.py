"""What a sales invoice's paper says, in the customer's language, frozen at posting. Later changes of names, addresses,
taxes and wording do not reach it."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from core.catalog.models import Tax
from core.catalog.pricing import PricedDocument, TaxTotal
from core.documents.papers import freeze_paper
from core.parties.letterhead import address_lines
from core.ui import formats
from core.ui import paper_parts as parts
from core.ui.totals import each_tax, total_rows
from erp.invoicing.entries import CompanyAmounts, EntryDraft, PayTo
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
        return Addressee(language, parts.addressed(party), tuple(address_lines(party)))


@dataclass(frozen=True, slots=True)
class Said:
    """What a paper says: the invoice as it was priced, converted and booked."""

    invoice: SalesInvoice
    lines: Sequence[Any]
    priced: PricedDocument
    instalments: Sequence[Instalment]
    amounts: CompanyAmounts
    draft: EntryDraft


def freeze(said: Said, to: Addressee) -> None:
    """Keep the paper of an invoice or credit note we send."""
    with translation.override(to.language):
        data = _data(said, to)
    company_id = said.invoice.company_id
    freeze_paper(said.invoice, template=TEMPLATE, data=data, language=to.language, company_id=company_id)


def _data(said: Said, to: Addressee) -> dict[str, Any]:
    invoice = said.invoice
    currency = invoice.currency_id
    title = _("Credit note %(number)s") if invoice.is_credit_note else _("Invoice %(number)s")
    return {
        **parts.heading(title % {"number": invoice.number}, invoice.company, to.name, to.lines),
        "facts": parts.facts(
            (
                (_("Date"), formats.date(invoice.document_date)),
                (_("Delivery date"), _days(said.draft.delivered_on)),
                (_("Credits invoice"), (invoice.reverses.number or "") if invoice.reverses else ""),
                (_("Your reference"), invoice.reference),
                (_("Payment term"), str(invoice.payment_term or "")),
            )
        ),
        "headers": parts.priced_headers(currency),
        "rows": [parts.priced_row(line, currency) for line in said.lines],
        "totals": _totals(said),
        "notes": [text for text in (*_why_no_tax(said.priced.taxes), invoice.reason, invoice.notes) if text],
        "payment": []
        if invoice.is_credit_note
        else [*_payment(invoice, said.instalments), *_pay_to(said.draft.pay_to)],
    }


def _days(days: Collection[dt.date]) -> str:
    """The day of delivery, or the first and the last of several."""
    return " – ".join(formats.date(day) for day in sorted({min(days), max(days)})) if days else ""


def _totals(said: Said) -> list[dict[str, Any]]:
    invoice, currency = said.invoice, said.invoice.currency_id
    taxes = each_tax(said.priced.taxes, currency)
    return [
        *total_rows(invoice.net_amount, taxes, invoice.total_amount, currency),
        *_tax_in_own_currency(said),
    ]


def _why_no_tax(taxes: Sequence[TaxTotal]) -> Iterator[str]:
    """What the law wants said where a tax comes to nothing; read only then."""
    nothing = [tax.account_key for tax in taxes if tax.base and not tax.amount]
    if not nothing:
        return
    for tax in Tax.objects.filter(pk__in=nothing).order_by("sequence", "code"):  # type: ignore[misc]
        yield from (tax.get_no_tax_reason_display(), tax.printed_note)


def _tax_in_own_currency(said: Said) -> list[dict[str, Any]]:
    """What we owe the tax office is owed in our own currency, so an invoice in another one states it."""
    own = said.invoice.company.currency_id
    if said.invoice.currency_id == own or not said.invoice.tax_amount:
        return []
    rate = formats.number(said.invoice.exchange_rate)
    label = _("Tax in %(currency)s at %(rate)s") % {"currency": own, "rate": rate}
    return [{"label": label, "value": formats.money(sum(said.amounts.taxes, Decimal(0)), own)}]


def _payment(invoice: SalesInvoice, instalments: Sequence[Instalment]) -> list[dict[str, str]]:
    """When which amount is due."""
    return [
        {
            "label": _("Due %(date)s") % {"date": formats.date(part.due_date)},
            "value": formats.money_with_currency(part.amount, invoice.currency_id),
        }
        for part in instalments
    ]


def _pay_to(account: PayTo | None) -> list[dict[str, str]]:
    """Where to."""
    if account is None:
        return []
    return parts.facts(((_("Bank"), account.bank_name), (_("Account number"), account.iban), (_("BIC"), account.bic)))
