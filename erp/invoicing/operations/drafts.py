"""Drafts of both types of invoice: written, changed, cancelled. Drafts touch neither ledger nor open items."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.catalog.lines import LineData
from core.catalog.totals import price_lines
from core.company.models import Company, Currency
from core.documents.records import lock_record
from core.documents.references import RecordRef
from core.errors import InvalidInputError, WrongStateError
from core.parties.models import Party, PaymentTermLine
from core.parties.queries import party_of
from erp.invoicing import credit_pricing
from erp.invoicing.enums import INVOICE_TRANSITIONS, InvoiceKind, InvoiceStatus
from erp.invoicing.errors import InvoiceNotDraftError
from erp.invoicing.kinds import InvoiceType
from erp.invoicing.lines import InvoiceLineData, draft_lines
from erp.invoicing.models import InvoiceBase, InvoiceLineBase
from erp.invoicing.operations.crediting import require_not_before
from erp.invoicing.terms import due_date

if TYPE_CHECKING:
    from core.access.models import User

GivenLines = Iterable[LineData | Mapping[str, Any]]
T = TypeVar("T", bound=InvoiceBase)


def create_draft(
    kind: InvoiceType,
    /,
    *,
    company_id: int,
    party_id: int,
    document_date: dt.date,
    lines: GivenLines,
    user: "User | None",
    currency_code: str | None = None,
    source: RecordRef | None = None,
    **values: Any,
) -> InvoiceBase:
    """Write a draft and price it. Currency and payment term default to the party's."""
    party = _party(company_id, party_id)
    company = party.company
    invoice = kind.model(
        company=company, party=party, document_date=document_date, created_by=user, **_owner(party, values)
    )
    invoice.source = source
    invoice.currency = _currency(company, party, currency_code)
    _set_due_date(invoice)
    rows = draft_lines(kind.line_model, invoice, lines, kind.tax_direction)
    _price(kind, invoice, rows)
    with transaction.atomic(savepoint=False):
        invoice.save(force_insert=True)
        kind.line_model._default_manager.bulk_create(rows)
    return invoice


def update_draft(
    kind: InvoiceType,
    invoice_id: int,
    *,
    lines: GivenLines | None,
    expected_version: int | None,
    values: Mapping[str, Any],
) -> InvoiceBase:
    """Change a draft. Lines, when given, replace all lines; a linked credit note keeps its own.

    :raises ConflictError: somebody else changed it.
    :raises InvoiceNotDraftError: it is posted or cancelled.
    """
    with transaction.atomic():
        invoice: InvoiceBase = lock_record(kind.model, invoice_id, expected_version=expected_version)
        _require_draft(invoice)
        _take(invoice, dict(values))
        _set_due_date(invoice)
        if lines is None:
            rows = list(invoice.lines.all())
            _price(kind, invoice, rows)
            kind.line_model._default_manager.bulk_update(rows, ["net_amount", "tax_amount"])
        else:
            _replace_lines(kind, invoice, lines)
        invoice.version += 1
        invoice.save()
    return invoice


def cancel_draft(kind: InvoiceType, invoice_id: int) -> InvoiceBase:
    """Set a draft aside for good; a cancelled one stays cancelled.

    :raises WrongStateError: it is posted: a credit note takes it back.
    """
    with transaction.atomic():
        invoice: InvoiceBase = lock_record(kind.model, invoice_id)
        if invoice.status == InvoiceStatus.CANCELLED:
            return invoice
        if invoice.status == InvoiceStatus.POSTED:
            raise WrongStateError(
                _("%(invoice)s is posted and cannot be cancelled.") % {"invoice": invoice},
                hint=_("Make a credit note instead."),
            )
        INVOICE_TRANSITIONS.require(invoice, InvoiceStatus.CANCELLED)
        invoice.status = InvoiceStatus.CANCELLED
        invoice.version += 1
        invoice.save(update_fields=["status", "version", "updated_at"])
    return invoice


def _take(invoice: InvoiceBase, given: dict[str, Any]) -> None:
    """New values of the head. A credit note for an invoice keeps that invoice's party and currency."""
    code = given.pop("currency_code", None) or given.pop("currency_id", None)
    if invoice.reverses_id:  # type: ignore[attr-defined]
        for name in ("party_id", "kind", "currency_id"):
            given.pop(name, None)
        code = None
    for name, value in given.items():
        setattr(invoice, name, value)
    if "party_id" in given:
        invoice.party = _party(invoice.company_id, given["party_id"])
    if invoice.reverses_id:  # type: ignore[attr-defined]
        require_not_before(invoice.reverses, invoice.document_date)  # type: ignore[attr-defined]
    if code:
        invoice.currency = _currency(invoice.company, invoice.party, code)


def _replace_lines(kind: InvoiceType, invoice: Any, lines: GivenLines) -> None:
    """The given lines instead of the present ones. A line that stays keeps its source and its account."""
    if invoice.reverses_id:
        rows = credit_pricing.changed_lines(kind, invoice, lines)
    else:
        present = {line.pk: line for line in invoice.lines.all()}
        given = [_continued(InvoiceLineData.of(line), present) for line in lines]
        rows = draft_lines(kind.line_model, invoice, given, kind.tax_direction)
    _price(kind, invoice, rows)
    invoice.lines.all().delete()
    kind.line_model._default_manager.bulk_create(rows)


def _continued(line: InvoiceLineData, present: Mapping[int, Any]) -> InvoiceLineData:
    before = present.get(line.id or 0)
    if before is None or line.item_id != before.item_id:
        return line
    return replace(line, source=line.source or before.source, account_key=line.account_key or before.account_key)


def _price(kind: InvoiceType, invoice: InvoiceBase, rows: Sequence[InvoiceLineBase]) -> None:
    if invoice.reverses_id:  # type: ignore[attr-defined]
        priced = credit_pricing.price(kind, invoice, rows)
    else:
        priced = price_lines(rows, company=invoice.company, currency=invoice.currency)
    invoice.take_totals(priced)


def _party(company_id: int, party_id: int) -> Party:
    party = party_of(company_id, party_id, "payment_term")
    if party is None:
        raise InvalidInputError(
            _("This party does not exist in the company."), field="party", hint=_("Choose another party.")
        )
    return party


def _currency(company: Company, party: Party, code: str | None) -> Currency:
    if code is None:
        return party.currency or company.currency
    if code == company.currency_id:
        return company.currency
    currency = Currency.objects.filter(pk=code).first()
    if currency is None:
        raise InvalidInputError(
            _("%(code)s is no currency we know.") % {"code": code}, field="currency", hint=_("Choose another currency.")
        )
    return currency


def _owner(party: Party, values: dict[str, Any]) -> dict[str, Any]:
    """Owner and team as given, else the party's: they decide which salesperson sees the invoice."""
    if values.get("owner_id") is None and values.get("team_id") is None:
        values.update(owner_id=party.owner_id, team_id=party.team_id)
    return values


def _set_due_date(invoice: InvoiceBase) -> None:
    """The day the last instalment is due: by the term, else as given, else by the party's term, else at once."""
    if invoice.payment_term_id is None and invoice.due_date is None and invoice.kind == InvoiceKind.INVOICE:
        invoice.payment_term = invoice.party.payment_term
    if invoice.payment_term_id is not None:
        terms = PaymentTermLine.objects.filter(term=invoice.payment_term_id)
        invoice.due_date = max((due_date(line, invoice.document_date) for line in terms), default=invoice.document_date)
    elif invoice.due_date is None:
        invoice.due_date = invoice.document_date
    if invoice.due_date < invoice.document_date:
        raise InvalidInputError(
            _("The invoice would be due before its own date."),
            code="due_before_date",
            field="due_date",
            hint=_("Choose a due date on or after %(date)s.") % {"date": invoice.document_date},
        )


def _require_draft(invoice: InvoiceBase) -> None:
    if invoice.status != InvoiceStatus.DRAFT:
        raise InvoiceNotDraftError(
            _("%(invoice)s is %(status)s and cannot be changed.")
            % {"invoice": invoice, "status": invoice.get_status_display()},
            hint=_("Make a credit note instead."),
        )
