"""What the documents of stock have in common: writing a draft with its lines, and taking it through its states."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.company.models import Company
from core.documents.records import create_record, lock_record
from core.documents.sequences import NumberPlan, draw_number
from core.documents.states import Transitions
from core.errors import InvalidInputError, WrongStateError
from erp.inventory.enums import STOCK_DOCUMENT_STATES, LocationKind, StockDocumentStatus
from erp.inventory.models import Location
from erp.inventory.models.documents import StockDocument, StockLine

if TYPE_CHECKING:
    from core.access.models import User

D = TypeVar("D", bound=StockDocument)
Lines = Sequence[Mapping[str, Any]]
TRANSITIONS = Transitions(STOCK_DOCUMENT_STATES)
DRAFT, POSTED, CANCELLED = StockDocumentStatus.DRAFT, StockDocumentStatus.POSTED, StockDocumentStatus.CANCELLED


def create_draft(
    model: type[D], *, company_id: int, user: "User | None", now: dt.datetime, values: Mapping[str, Any], lines: Lines
) -> D:
    """A draft with its lines.

    :raises InvalidInputError: what the model refuses, or a document without lines.
    """
    with transaction.atomic():
        currency = Company.objects.values_list("currency_id", flat=True).get(pk=company_id)
        owner = {"owner_id": user.pk} if user else {}
        document = create_record(
            model, company_id=company_id, user=user, now=now, values={"currency_id": currency, **owner, **values}
        )
        write_lines(document, lines)
    return document


def update_draft(
    model: type[D],
    document_id: int,
    *,
    values: Mapping[str, Any],
    lines: Lines | None,
    expected_version: int | None,
) -> D:
    """Change a draft; given lines replace the old ones.

    :raises ConflictError: when `expected_version` is not the stored one.
    :raises WrongStateError: when it is no draft any more.
    """
    with transaction.atomic():
        document = lock_record(model, document_id, expected_version=expected_version)
        require_draft(document)
        for name, value in values.items():
            setattr(document, name, value)
        document.version += 1
        document.save()
        if lines is not None:
            document.lines.all().delete()  # type: ignore[attr-defined]
            write_lines(document, lines)
    return document


def write_lines(document: StockDocument, lines: Lines) -> None:
    """:raises InvalidInputError: without lines."""
    if not lines:
        raise InvalidInputError(_("At least one line is needed."), code="no_lines", field="lines")
    manager: Any = document.lines  # type: ignore[attr-defined]
    line_model: type[StockLine] = manager.model
    parent = manager.field.attname
    line_model._default_manager.bulk_create(
        line_model(
            company_id=document.company_id,
            position=position,
            **{parent: document.pk},
            **{name: value for name, value in line.items() if name not in ("id", "position")},
        )
        for position, line in enumerate(lines, start=1)
    )


def require_draft(document: StockDocument) -> None:
    """:raises WrongStateError: when the document is posted or cancelled."""
    if document.status != DRAFT:
        raise WrongStateError(
            _("%(document)s is %(status)s; only a draft can be changed.")
            % {"document": document, "status": document.get_status_display()},
            hint=_("Correct it by a new document."),
            params={"status": document.status},
        )


def require_internal(company_id: int, *location_ids: int) -> None:
    """:raises InvalidInputError: when a location is not one of our own."""
    wanted = set(location_ids)
    kinds = (LocationKind.INTERNAL, LocationKind.TRANSIT)
    found = Location.objects.filter(company_id=company_id, pk__in=wanted, kind__in=kinds).count()
    if found != len(wanted):
        raise InvalidInputError(
            _("Choose a location where goods are ours."), code="location_not_internal", field="location"
        )


def number_of(document: StockDocument, plan: NumberPlan) -> str:
    """The document's number, drawn now when it has none; the caller saves the document."""
    if document.number is None:
        document.number = draw_number(plan, company_id=document.company_id, on=document.document_date)
    return document.number


def mark_posted(document: StockDocument, plan: NumberPlan, *, user: "User | None", now: dt.datetime) -> None:
    number_of(document, plan)
    document.status = POSTED
    document.posted_at, document.posted_by = now, user
    document.version += 1
    document.save(update_fields=["number", "status", "posted_at", "posted_by", "version", "updated_at"])


def cancel_draft(model: type[D], document_id: int) -> D:
    """Drop a draft. Twice changes nothing.

    :raises WrongStateError: when it is posted.
    """
    with transaction.atomic():
        document = lock_record(model, document_id)
        if document.status == CANCELLED:
            return document
        TRANSITIONS.require(document, CANCELLED)
        document.status = CANCELLED
        document.version += 1
        document.save(update_fields=["status", "version", "updated_at"])
    return document
