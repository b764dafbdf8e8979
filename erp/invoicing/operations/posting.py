"""The posting of an invoice, the same for both types."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.catalog.pricing import PricedDocument
from core.catalog.totals import price_lines
from core.company.queries import exchange_rate
from core.documents.references import RecordRef
from core.documents.sequences import draw_number
from core.events.outbox import record
from core.parties.models import PaymentTermLine
from erp.invoicing import credit_pricing, papers
from erp.invoicing.credit_amounts import credited_amounts
from erp.invoicing.entries import CompanyAmounts, EntryDraft, company_amounts, net_lines
from erp.invoicing.enums import INVOICE_TRANSITIONS, InvoiceStatus
from erp.invoicing.errors import EmptyInvoiceError, NegativeTotalError, SupplierNumberError
from erp.invoicing.kinds import InvoiceType
from erp.invoicing.models import InvoiceBase, OpenItem, SupplierInvoice
from erp.invoicing.operations.allocations import settle_credit_note
from erp.invoicing.terms import Instalment, instalments
from erp.ledger.enums import AccountKey
from erp.ledger.posting import EntryInput, EntryLine, post_entries
from erp.ledger.queries import AccountBook, accounts_for

if TYPE_CHECKING:
    from core.access.models import User

CONSEQUENCE_KEYS = (AccountKey.COGS, AccountKey.STOCK_INTERIM, AccountKey.GRNI, AccountKey.PRICE_DIFFERENCE)
"""Accounts that consequences ask for, read with the posting's own."""

POSTED_FIELDS = (
    "number", "status", "posted_at", "exchange_rate",
    "net_amount", "tax_amount", "total_amount", "version", "updated_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Posting:
    """An invoice on its way into the ledger. `direction` is 1 when its open items are debits."""

    kind: InvoiceType
    invoice: Any
    lines: Sequence[Any]
    priced: PricedDocument
    parts: Sequence[Instalment]
    amounts: CompanyAmounts
    draft: EntryDraft

    @property
    def said(self) -> papers.Said:
        """What the paper says."""
        return papers.Said(self.invoice, self.lines, self.priced, self.parts, self.amounts, self.draft)

    @property
    def direction(self) -> int:
        return self.kind.direction * int(self.invoice.sign)


def post_invoice(kind: InvoiceType, invoice_id: int, *, user: "User | None", now: dt.datetime) -> InvoiceBase:
    """Give a draft its number, write its journal entry and open items. Posting it again returns it as it is.

    Locks: the invoice, the invoice it credits, what consequences lock, open items, then the numbers.
    """
    with transaction.atomic():
        invoice = _lock(kind, invoice_id)
        if invoice.status == InvoiceStatus.POSTED:
            return invoice  # type: ignore[no-any-return]
        INVOICE_TRANSITIONS.require(invoice, InvoiceStatus.POSTED)
        posting = _prepare(kind, invoice)
        kind.consequences.run(invoice=invoice, lines=posting.lines, entry=posting.draft, user=user, now=now)
        to = papers.addressee(invoice)
        settled = _lock_credited_items(posting)
        _number_and_post(posting, user=user, now=now)
        _freeze_taxes(posting)
        items = _open_items(posting)
        if settled:
            settle_credit_note(invoice, settled, items, user=user, now=now)
        if to is not None:
            papers.freeze(posting.said, to)
        record(kind.posted_event(invoice.pk), company_id=invoice.company_id)
    return invoice  # type: ignore[no-any-return]


def _lock(kind: InvoiceType, invoice_id: int) -> Any:
    related = ("company__currency", "currency", "party", "payment_term")
    rows = kind.model._default_manager.select_for_update(of=("self",))
    invoice: Any = rows.select_related(*related).get(pk=invoice_id)
    if invoice.reverses_id and invoice.status == InvoiceStatus.DRAFT:
        # Two credit notes of one invoice are posted one after the other, or each would see the other's lines as left.
        invoice.reverses = rows.get(pk=invoice.reverses_id)
    return invoice


def _prepare(kind: InvoiceType, invoice: Any) -> Posting:
    """Price, check and convert; nothing is written but a changed price."""
    related = ("item", "unit", "credited_line") if invoice.is_credit_note else ("item", "unit")
    lines = sorted(invoice.lines.select_related(*related).order_by(), key=attrgetter("position", "pk"))
    for line in lines:
        line.invoice = invoice
    priced = _price_again(kind, invoice, lines)
    _require_postable(invoice, lines)
    parts = _instalments(invoice)
    amounts = _convert(kind, invoice, lines, priced, parts)
    nets = dict(zip((line.pk for line in lines), amounts.nets, strict=True))
    book = _accounts(kind, invoice, lines, bool(priced.taxes))
    draft = EntryDraft(book=book, line_amounts=nets, day=invoice.document_date)
    return Posting(kind, invoice, lines, priced, parts, amounts, draft)


def _convert(
    kind: InvoiceType, invoice: Any, lines: Sequence[Any], priced: PricedDocument, parts: Sequence[Instalment]
) -> CompanyAmounts:
    """In the company's currency: at the rate of the day, a credit note for an invoice at that of the invoice."""
    company, minor_units = invoice.company, invoice.company.currency.minor_units
    if invoice.reverses_id and invoice.currency_id != company.currency_id:
        invoice.exchange_rate = invoice.reverses.exchange_rate
        return credited_amounts(kind, invoice, lines, priced.taxes, parts=parts, minor_units=minor_units)
    invoice.exchange_rate = exchange_rate(company, invoice.currency_id, invoice.document_date)
    return company_amounts(invoice, lines, priced.taxes, parts, minor_units=minor_units)


def _price_again(kind: InvoiceType, invoice: Any, lines: Sequence[Any]) -> PricedDocument:
    """Taxes may have changed since the draft was written, and other credit notes may have been posted."""
    before = [(line.net_amount, line.tax_amount) for line in lines]
    if invoice.reverses_id:
        priced = credit_pricing.price(kind, invoice, lines)
    else:
        priced = price_lines(lines, company=invoice.company, currency=invoice.currency)
    if before != [(line.net_amount, line.tax_amount) for line in lines]:
        kind.line_model._default_manager.bulk_update(lines, ["net_amount", "tax_amount"])
    invoice.take_totals(priced)
    return priced


def _require_postable(invoice: InvoiceBase, lines: Sequence[Any]) -> None:
    if not lines:
        raise EmptyInvoiceError(
            _("An invoice without lines cannot be posted."), field="lines", hint=_("Add a line, or cancel the draft.")
        )
    if isinstance(invoice, SupplierInvoice) and not invoice.supplier_number:
        raise SupplierNumberError(
            _("The supplier's invoice number is missing."),
            field="supplier_number",
            hint=_("Enter the number printed on the supplier's invoice."),
        )
    if invoice.total_amount < 0:
        raise NegativeTotalError(
            _("The total is negative."),
            field="lines",
            hint=_("Make a credit note of it, with positive quantities."),
        )


def _instalments(invoice: InvoiceBase) -> tuple[Instalment, ...]:
    minor_units = invoice.currency.minor_units
    if invoice.payment_term_id is None:
        day = invoice.due_date or invoice.document_date
        return instalments((), total=invoice.total_amount, on=day, minor_units=minor_units)
    terms = list(PaymentTermLine.objects.filter(term=invoice.payment_term_id))
    return instalments(terms, total=invoice.total_amount, on=invoice.document_date, minor_units=minor_units)


def _accounts(kind: InvoiceType, invoice: InvoiceBase, lines: Sequence[Any], has_taxes: bool) -> AccountBook:
    keys = {kind.control, *(_key(kind, line) for line in lines), *CONSEQUENCE_KEYS}
    if has_taxes:
        keys |= {AccountKey.OUTPUT_TAX, AccountKey.INPUT_TAX}
    return accounts_for(invoice.company_id, keys, {_category(line) for line in lines})


def _key(kind: InvoiceType, line: Any) -> AccountKey:
    return AccountKey(line.account_key) if line.account_key else kind.usual_key(line)


def _category(line: Any) -> int | None:
    return line.item.category_id if line.item is not None else None


def _lock_credited_items(posting: Posting) -> list[OpenItem]:
    """What the credited invoice has open, locked before the numbers are."""
    if not posting.invoice.reverses_id:
        return []
    label = posting.kind.model._meta.label_lower
    rows = OpenItem.objects.select_for_update(of=("self",)).order_by("pk")
    found = rows.filter(document_label=label, document_id=posting.invoice.reverses_id, settled_date=None)
    return sorted(found, key=lambda item: (item.due_date, item.pk))


def _number_and_post(posting: Posting, *, user: "User | None", now: dt.datetime) -> None:
    """Number and entries, and the document that bears them."""
    kind, invoice = posting.kind, posting.invoice
    invoice.number = draw_number(kind.plans[invoice.kind], company_id=invoice.company_id, on=invoice.document_date)
    days = {invoice.document_date: _entry_lines(posting), **dict(sorted(posting.draft.later.items()))}
    entries = [
        EntryInput(
            journal=kind.journal,
            entry_date=day,
            lines=lines,
            source=RecordRef.of(invoice),
            source_number=invoice.number,
            purpose="invoice" if day == invoice.document_date else f"goods {day.isoformat()}",
        )
        for day, lines in days.items()
        if any(not line.is_blank for line in lines)
    ]
    post_entries(company_id=invoice.company_id, entries=entries, user=user, now=now)
    invoice.status = InvoiceStatus.POSTED
    invoice.posted_at = now
    invoice.version += 1
    invoice.save(update_fields=POSTED_FIELDS)


def _entry_lines(posting: Posting) -> list[EntryLine]:
    """Control account per instalment, what is not covered per account, taxes, then what consequences added."""
    kind, invoice, draft = posting.kind, posting.invoice, posting.draft
    control = draft.book.account_id(kind.control)
    entry = [
        EntryLine.signed(
            control,
            amount * posting.direction,
            party_id=invoice.party_id,
            **_foreign(invoice, part.amount * posting.direction),
        )
        for part, amount in zip(posting.parts, posting.amounts.instalments, strict=True)
    ]
    accounts = {line.pk: draft.book.account_id(_key(kind, line), _category(line)) for line in posting.lines}
    entry += net_lines(posting.lines, accounts, draft, -posting.direction)
    return [*entry, *_tax_lines(posting), *draft.lines]


def _foreign(invoice: InvoiceBase, amount: Decimal) -> Mapping[str, Any]:
    if invoice.currency_id == invoice.company.currency_id:
        return {}
    return {"currency_code": invoice.currency_id, "currency_amount": amount}


def _tax_lines(posting: Posting) -> list[EntryLine]:
    """One line a tax, with its base, both signed as the ledger books them."""
    book, direction = posting.draft.book, -posting.direction
    figures = zip(posting.priced.taxes, posting.amounts.taxes, posting.amounts.bases, strict=True)
    return [
        EntryLine.signed(
            book.tax_account_id(tax.account_key, posting.kind.tax_direction),  # type: ignore[arg-type]
            amount * direction,
            tax_id=tax.account_key,  # type: ignore[arg-type]
            tax_base=base * direction,
        )
        for tax, amount, base in figures
        if amount or base
    ]


def _freeze_taxes(posting: Posting) -> None:
    rows = [
        posting.kind.tax_model(  # type: ignore[misc]
            company_id=line.company_id,
            line=line,
            tax_id=applied.tax.account_key,
            position=position,
            code=applied.tax.code,
            kind=applied.tax.kind,
            rate=applied.tax.rate,
            unit_amount=applied.tax.amount,
            category_code=applied.tax.category_code,
            base_amount=applied.base,
            tax_amount=applied.amount,
        )
        for line, result in zip(posting.lines, posting.priced.lines, strict=True)
        for position, applied in enumerate(result.taxes, 1)
    ]
    if rows:
        posting.kind.tax_model._default_manager.bulk_create(rows)


def _open_items(posting: Posting) -> list[OpenItem]:
    """One open item an instalment, in both currencies. An invoice over nothing leaves none."""
    kind, invoice, direction = posting.kind, posting.invoice, posting.direction
    rows = [
        OpenItem(
            company_id=invoice.company_id,
            side=kind.side,
            party_id=invoice.party_id,
            document_label=kind.model._meta.label_lower,
            document_id=invoice.pk,
            document_number=invoice.number,
            instalment=part.number,
            document_date=invoice.document_date,
            due_date=part.due_date,
            currency_id=invoice.currency_id,
            amount=amount * direction,
            currency_amount=part.amount * direction,
            open_amount=amount * direction,
            open_currency_amount=part.amount * direction,
        )
        for part, amount in zip(posting.parts, posting.amounts.instalments, strict=True)
        if part.amount
    ]
    return OpenItem.objects.bulk_create(rows)
