"""Sending a quotation, and the customer's answer to it."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from core.access.models import User
from core.company.models import Company
from core.company.queries import local_date
from core.documents.sequences import draw_number
from core.errors import InvalidInputError, WrongStateError
from core.events.outbox import record
from erp.orders.consequences import quotation_accepted
from erp.orders.enums import QUOTATION_STATES, QuotationStatus
from erp.orders.errors import AlreadyOrderedError, QuotationExpiredError
from erp.orders.events import QuotationAccepted, QuotationDeclined, QuotationSent
from erp.orders.models import Quotation, QuotationLine, SalesOrder
from erp.orders.numbers import QUOTATION
from erp.orders.operations.sales_orders import order_of_source, order_quotation
from erp.orders.papers import freeze_quotation


def send_quotation(*, quotation_id: int, user: User | None, now: dt.datetime) -> Quotation:
    """Give a draft its number and freeze its paper: from here on it can be answered, not changed. One that was sent
    stays as it is.

    :raises InvalidInputError: it has no lines, or its validity has passed.
    :raises WrongStateError: it has been answered or superseded.
    """
    with transaction.atomic():
        quotation = _lock(quotation_id)
        if quotation.status == QuotationStatus.SENT:
            return quotation
        QUOTATION_STATES.require(quotation, QuotationStatus.SENT)
        company = quotation.company
        lines = list(QuotationLine.objects.filter(quotation=quotation).select_related("item", "unit"))
        _require_sendable(quotation, company, lines, now)
        quotation.status, quotation.sent_at = QuotationStatus.SENT, now
        quotation.version += 1
        quotation.number = _number(quotation)
        quotation.save()
        freeze_quotation(quotation, company, lines)
        record(QuotationSent(quotation_id=quotation.pk), company_id=quotation.company_id)
    return quotation


def _lock(quotation_id: int) -> Quotation:
    """The quotation under its lock, with the rows that an answer needs."""
    related = ("company__currency", "party", "currency", "payment_term", "revises")
    return Quotation.objects.select_for_update(of=("self",)).select_related(*related).get(pk=quotation_id)


def _require_sendable(quotation: Quotation, company: Company, lines: Sequence[object], now: dt.datetime) -> None:
    if not lines:
        raise InvalidInputError(
            _("The quotation has no lines."), code="no_lines", field="lines", hint=_("Add what you offer.")
        )
    if quotation.valid_until < local_date(company, now):
        raise InvalidInputError(
            _("The quotation ended on %(date)s.") % {"date": quotation.valid_until},
            code="validity_passed",
            field="valid_until",
            hint=_("Give it a later last day."),
        )


def _number(quotation: Quotation) -> str:
    """The first version draws a number; later ones carry it on."""
    if quotation.revises is None:
        return draw_number(QUOTATION, company_id=quotation.company_id, on=quotation.document_date)
    first = (quotation.revises.number or "").rsplit("-V", 1)[0]
    return f"{first}-V{quotation.revision}"


def accept_quotation(
    *,
    quotation_id: int,
    user: User | None,
    now: dt.datetime,
    name: str = "",
    consent: bool = False,
    address_hash: str = "",
    user_agent: str = "",
) -> SalesOrder:
    """Take the customer's yes: the quotation is accepted and there is exactly one draft order of it, whichever of deal
    and quotation came first. Accepted again, answers that order.

    :param user: who records the answer; None when the customer gives it on the public page, who then must give `name`
        and `consent`.
    :raises QuotationExpiredError: its last day has passed.
    :raises WrongStateError: it has not been sent, has been declined, or a newer version replaces it.
    :raises AlreadyOrderedError: the deal has an order from another quotation.
    :raises InvalidInputError: name or consent is missing.
    """
    with transaction.atomic():
        quotation = _lock(quotation_id)
        if quotation.status == QuotationStatus.ACCEPTED:
            return _order_of(quotation) or order_quotation(quotation, user=user, now=now)
        _require_open(quotation, QuotationStatus.ACCEPTED, now)
        _require_signature(user, name, consent)
        _require_free_source(quotation)
        quotation.status, quotation.consent_given = QuotationStatus.ACCEPTED, consent
        _record_answer(quotation, user, now, name=name, address_hash=address_hash, user_agent=user_agent)
        quotation_accepted.run(quotation=quotation, user=user, now=now)
        # Without a source nobody else can have made an order of a quotation that was open until now.
        found = _order_of(quotation) if quotation.source is not None else None
        order = found or order_quotation(quotation, user=user, now=now)
        record(QuotationAccepted(quotation_id=quotation.pk, sales_order_id=order.pk), company_id=quotation.company_id)
    return order


def _order_of(quotation: Quotation) -> SalesOrder | None:
    """The order of an accepted quotation: the one its deal has, or its own."""
    order = None
    if quotation.source is not None:
        order = order_of_source(quotation.company_id, quotation.source)
    order = order or SalesOrder.objects.filter(quotation=quotation).order_by("-pk").first()
    if order is not None and order.quotation_id is None:
        order.quotation = quotation
        order.save(update_fields=["quotation", "updated_at"])
    return order


def _require_free_source(quotation: Quotation) -> None:
    if quotation.source is None:
        return
    order = order_of_source(quotation.company_id, quotation.source)
    if order is not None and order.quotation_id not in (None, quotation.pk):
        raise AlreadyOrderedError(
            _("%(order)s was made from another quotation for the same deal.") % {"order": order},
            hint=_("Decline this quotation, or cancel that order first."),
        )


def _require_open(quotation: Quotation, target: QuotationStatus, now: dt.datetime) -> None:
    """:raises QuotationExpiredError: its last day has passed. :raises WrongStateError: it cannot be answered."""
    is_over = quotation.status == QuotationStatus.EXPIRED or (
        quotation.status == QuotationStatus.SENT and quotation.valid_until < local_date(quotation.company, now)
    )
    if is_over:
        raise QuotationExpiredError(
            _("%(quotation)s ended on %(date)s.") % {"quotation": quotation, "date": quotation.valid_until},
            hint=_("Make a new version of it."),
        )
    if quotation.status == QuotationStatus.DRAFT:
        raise WrongStateError(
            _("%(quotation)s has not been sent.") % {"quotation": quotation}, hint=_("Send the quotation first.")
        )
    QUOTATION_STATES.require(quotation, target)


def _require_signature(user: User | None, name: str, consent: bool) -> None:
    if user is not None:
        return
    if not name.strip():
        raise InvalidInputError(_("Enter your name."), code="name_missing", field="name")
    if not consent:
        raise InvalidInputError(_("Confirm that you accept the offer."), code="consent_missing", field="consent")


def _record_answer(
    quotation: Quotation, user: User | None, now: dt.datetime, *, name: str, address_hash: str, user_agent: str
) -> None:
    quotation.answered_at, quotation.answered_by = now, user
    quotation.answered_name = name.strip()[:150]
    quotation.answer_address_hash, quotation.answer_user_agent = address_hash[:64], user_agent[:300]
    quotation.version += 1
    quotation.save()


def decline_quotation(
    *,
    quotation_id: int,
    user: User | None,
    now: dt.datetime,
    reason: str,
    name: str = "",
    address_hash: str = "",
    user_agent: str = "",
) -> Quotation:
    """Take the customer's no, with the reason. A declined quotation stays as it is.

    :raises QuotationExpiredError: its last day has passed.
    :raises WrongStateError: it has not been sent, has been accepted, or a newer version replaces it.
    :raises InvalidInputError: no reason is given.
    """
    with transaction.atomic():
        quotation = _lock(quotation_id)
        if quotation.status == QuotationStatus.DECLINED:
            return quotation
        _require_open(quotation, QuotationStatus.DECLINED, now)
        if not reason.strip():
            raise InvalidInputError(_("Say why, in a few words."), code="reason_required", field="reason")
        quotation.status, quotation.decline_reason = QuotationStatus.DECLINED, reason.strip()[:500]
        _record_answer(quotation, user, now, name=name, address_hash=address_hash, user_agent=user_agent)
        record(QuotationDeclined(quotation_id=quotation.pk), company_id=quotation.company_id)
    return quotation


def expire_quotations(*, now: dt.datetime) -> int:
    """Mark the sent quotations of all companies whose last day has passed. Run by schedule; running it again changes
    nothing.

    :returns: how many expired.
    """
    expired = 0
    with transaction.atomic():
        for company in Company.objects.all():
            over = Quotation.objects.filter(
                company=company, status=QuotationStatus.SENT, valid_until__lt=local_date(company, now)
            )
            for quotation in over.select_for_update(of=("self",), skip_locked=True):
                quotation.status = QuotationStatus.EXPIRED
                quotation.version += 1
                quotation.save(update_fields=["status", "version", "updated_at"])
                expired += 1
    return expired
