"""Credit notes for posted invoices, of both types."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.documents.references import RecordRef
from core.errors import InvalidInputError, WrongStateError
from erp.invoicing import credit_pricing
from erp.invoicing.credit_pricing import CreditLine
from erp.invoicing.enums import InvoiceKind, InvoiceStatus
from erp.invoicing.errors import CreditExceedsInvoiceError
from erp.invoicing.kinds import InvoiceType
from erp.invoicing.models import InvoiceBase

if TYPE_CHECKING:
    from core.access.models import User

Wanted = Iterable[CreditLine | Mapping[str, Any] | tuple[int, Decimal]]


def create_credit_note(
    kind: InvoiceType,
    invoice_id: int,
    *,
    lines: Wanted | None,
    document_date: dt.date,
    reason: str,
    source: RecordRef | None,
    user: "User | None",
    **values: Any,
) -> InvoiceBase:
    """Write the draft under the invoice's lock."""
    with transaction.atomic():
        rows = kind.model._default_manager.select_for_update(of=("self",))
        invoice: Any = rows.select_related("company__currency", "currency").get(pk=invoice_id)
        _require_creditable(invoice, document_date, reason)
        note: Any = kind.model(  # type: ignore[misc]
            **{name: getattr(invoice, name) for name in _COPIED},
            kind=InvoiceKind.CREDIT_NOTE,
            reverses=invoice,
            document_date=document_date,
            due_date=document_date,
            reason=reason.strip(),
            created_by=user,
            **values,
        )
        note.source = source
        drafted = credit_pricing.credit_rows(
            kind, invoice, note, None if lines is None else [_credit_line(w) for w in lines]
        )
        if not drafted:
            raise CreditExceedsInvoiceError(
                _("%(invoice)s is credited in full already.") % {"invoice": invoice},
                field="lines",
                hint=_("Open its credit notes to see what was credited."),
            )
        note.take_totals(credit_pricing.price(kind, note, drafted))
        note.save(force_insert=True)
        kind.line_model._default_manager.bulk_create(drafted)
    return note  # type: ignore[no-any-return]


_COPIED = ("company", "currency", "party_id", "owner_id", "team_id", "reference")


def _credit_line(wanted: CreditLine | Mapping[str, Any] | tuple[int, Decimal]) -> CreditLine:
    if isinstance(wanted, CreditLine):
        return wanted
    if isinstance(wanted, Mapping):
        return CreditLine(line_id=wanted["line_id"], quantity=wanted["quantity"])
    return CreditLine(line_id=wanted[0], quantity=wanted[1])


def _require_creditable(invoice: InvoiceBase, document_date: dt.date, reason: str) -> None:
    if invoice.status != InvoiceStatus.POSTED or invoice.is_credit_note:
        raise WrongStateError(
            _("%(invoice)s is no posted invoice; there is nothing to credit.") % {"invoice": invoice},
            hint=_("Change or cancel the draft instead.") if invoice.status == InvoiceStatus.DRAFT else "",
        )
    if not reason.strip():
        raise InvalidInputError(
            _("A credit note needs a reason."),
            code="reason_required",
            field="reason",
            hint=_("Say why, in a few words."),
        )
    require_not_before(invoice, document_date)


def require_not_before(invoice: InvoiceBase, document_date: dt.date) -> None:
    """:raises InvalidInputError: the day of a credit note lies before that of its invoice."""
    if document_date < invoice.document_date:
        raise InvalidInputError(
            _("A credit note is not dated before its invoice."),
            code="date_before_invoice",
            field="document_date",
            hint=_("Use %(date)s or later.") % {"date": invoice.document_date},
        )
