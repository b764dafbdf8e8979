"""Payments posted, allocated and cancelled (P11 without the account in transit, P12 for what is written off)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.catalog.pricing.rounding import rounded
from core.company.queries import exchange_rate
from core.documents.references import RecordRef
from core.documents.sequences import NumberPlan, draw_number
from core.errors import InvalidInputError, WrongStateError
from core.events.outbox import record
from erp.banking.enums import PAYMENT_TRANSITIONS, PaymentKind, PaymentStatus
from erp.banking.events import PaymentCancelled, PaymentPosted
from erp.banking.models import Payment
from erp.banking.queries import payment_items
from erp.banking.requests import PaymentAllocation, lock_counterparts, matches_by_day, wishes
from erp.invoicing.enums import Side
from erp.invoicing.models import Allocation, OpenItem
from erp.invoicing.operations import lock_items, reverse_allocations, unallocate, write_allocations
from erp.invoicing.periods import require_open_period
from erp.ledger.enums import AccountKey, JournalKind
from erp.ledger.models import JournalEntry
from erp.ledger.posting import EntryLine, post_entry, reverse_entry
from erp.ledger.queries import accounts_for

if TYPE_CHECKING:
    from core.access.models import User

ZERO = Decimal(0)
PLANS = {
    PaymentKind.RECEIVED: NumberPlan("payment_received", "RCP-{year}-{number:05d}"),
    PaymentKind.SENT: NumberPlan("payment_sent", "PAY-{year}-{number:05d}"),
}
CONTROLS = {Side.RECEIVABLE: AccountKey.RECEIVABLE, Side.PAYABLE: AccountKey.PAYABLE}


def post_payment(
    *,
    payment_id: int,
    user: "User | None",
    now: dt.datetime,
    allocations: Iterable[Any] | None = (),
) -> Payment:
    """Post a draft: number, journal entry, open item, and the allocations that are given; None settles the oldest items
    first. What is not allocated stays an open item on account. Posting it again returns it and writes nothing.

    :param allocations: pairs or mappings that `PaymentAllocation.of` reads.
    :raises WrongStateError: it is cancelled.
    :raises OverAllocatedError: more is allocated than was paid, or than is open.
    :raises ItemsDoNotMatchError: an item of another party, side or currency.
    :raises NoRateError: no exchange rate of the day. :raises PeriodClosedError, NoPeriodError: as the ledger refuses.
    """
    with transaction.atomic():
        payment = _lock(payment_id)
        if payment.status == PaymentStatus.POSTED:
            return payment
        return post_held(payment, allocations, user=user, now=now)


def post_held(payment: Payment, allocations: Iterable[Any] | None, *, user: "User | None", now: dt.datetime) -> Payment:
    """The rest of `post_payment`, for a payment that nobody else can reach: locked, or written by this transaction."""
    PAYMENT_TRANSITIONS.require(payment, PaymentStatus.POSTED)
    with transaction.atomic(savepoint=False):
        wanted = None if allocations is None else [PaymentAllocation.of(given) for given in allocations]
        targets = lock_counterparts(payment, wanted) if wanted != [] else []
        found = wishes(payment, wanted, targets, payment.amount + payment.write_off_amount)
        payment.exchange_rate = exchange_rate(payment.company, payment.currency_id, payment.document_date)
        payment.number = draw_number(
            PLANS[PaymentKind(payment.kind)], company_id=payment.company_id, on=payment.document_date
        )
        _post(payment, user=user, now=now)
        own = _open_items(payment)
        _settle(payment, own, targets, found, payment.document_date, user=user, now=now)
        payment.status = PaymentStatus.POSTED
        payment.posted_at = now
        payment.version += 1
        payment.save(update_fields=["number", "status", "exchange_rate", "posted_at", "version", "updated_at"])
        record(PaymentPosted(payment.pk), company_id=payment.company_id)
    return payment


def allocate_payment(
    *,
    payment_id: int,
    effective_date: dt.date,
    user: "User | None",
    now: dt.datetime,
    allocations: Iterable[Any] | None = None,
) -> list[Allocation]:
    """Settle open items with what is left of a posted payment, from `effective_date` on; without `allocations` the
    oldest first.

    :raises WrongStateError: it is not posted.
    :raises DomainError: as `post_payment`; and `effective_date` before the payment or in a closed period.
    """
    with transaction.atomic():
        payment = _lock(payment_id)
        if payment.status != PaymentStatus.POSTED:
            raise WrongStateError(
                _("%(payment)s is not posted.") % {"payment": payment}, hint=_("Post the payment first.")
            )
        require_open_period(payment.company_id, effective_date)
        wanted = None if allocations is None else [PaymentAllocation.of(given) for given in allocations]
        own = _own_items(payment)
        targets = lock_counterparts(payment, wanted)
        found = wishes(payment, wanted, targets, sum((abs(item.open_currency_amount) for item in own), ZERO))
        return _settle(payment, own, targets, found, effective_date, user=user, now=now)


def unallocate_payment(
    *,
    payment_id: int,
    allocation_ids: Sequence[int],
    effective_date: dt.date,
    user: "User | None",
    now: dt.datetime,
) -> list[Allocation]:
    """Undo allocations of a payment from `effective_date` on; what is undone already stays as it is.

    :raises InvalidInputError: an allocation of another payment.
    :raises DomainError: as `erp.invoicing.operations.unallocate`.
    """
    with transaction.atomic():
        payment = _lock(payment_id)
        own = [item.pk for item in payment_items(payment)]
        touching = Allocation.objects.filter(Q(debit_item__in=own) | Q(credit_item__in=own), pk__in=allocation_ids)
        if touching.count() != len(set(allocation_ids)):
            raise InvalidInputError(
                _("An allocation belongs to another payment."), field="allocation_ids", hint=_("Choose it there.")
            )
        return [
            unallocate(allocation_id=key, effective_date=effective_date, user=user, now=now)
            for key in sorted(set(allocation_ids))
        ]


def cancel_payment(*, payment_id: int, on: dt.date, reason: str, user: "User | None", now: dt.datetime) -> Payment:
    """Set a draft aside, or reverse a posted payment on the day `on`: what it had settled is open again from then on.
    Cancelling it again returns it.

    :raises InvalidInputError: no reason, or a day before the payment or its last allocation.
    :raises PeriodClosedError, NoPeriodError: as the ledger refuses.
    """
    with transaction.atomic():
        payment = _lock(payment_id)
        if payment.status == PaymentStatus.CANCELLED:
            return payment
        PAYMENT_TRANSITIONS.require(payment, PaymentStatus.CANCELLED)
        if not reason.strip():
            raise InvalidInputError(
                _("A cancellation needs a reason."),
                code="reason_required",
                field="reason",
                hint=_("Say why, in a few words."),
            )
        if payment.status == PaymentStatus.POSTED:
            _reverse(payment, on, reason, user=user, now=now)
            payment.cancelled_date = on
            record(PaymentCancelled(payment.pk), company_id=payment.company_id)
        payment.status = PaymentStatus.CANCELLED
        payment.reason = reason.strip()
        payment.version += 1
        payment.save(update_fields=["status", "cancelled_date", "reason", "version", "updated_at"])
    return payment


def _lock(payment_id: int) -> Payment:
    related = ("company__currency", "currency", "party", "cash_account")
    return Payment.objects.select_for_update(of=("self",)).select_related(*related).get(pk=payment_id)


def _post(payment: Payment, *, user: "User | None", now: dt.datetime) -> None:
    """Our account against the control account, and what is written off beside it."""
    control = CONTROLS[Side(payment.side)]
    keys = {control, *([AccountKey(payment.write_off_key)] if payment.write_off_key else ())}
    book = accounts_for(payment.company_id, keys)
    party = payment.party_id
    lines = [_line(payment, payment.cash_account.account_id, -payment.amount)]
    lines.append(_line(payment, book.account_id(control), payment.amount, party_id=party))
    if payment.write_off_amount:
        lines.append(_line(payment, book.account_id(AccountKey(payment.write_off_key)), -payment.write_off_amount))
        lines.append(_line(payment, book.account_id(control), payment.write_off_amount, party_id=party))
    post_entry(
        company_id=payment.company_id,
        journal=JournalKind.BANK,
        entry_date=payment.document_date,
        lines=lines,
        source=RecordRef.of(payment),
        source_number=payment.number or "",
        purpose="payment",
        user=user,
        now=now,
    )


def _line(payment: Payment, account_id: int, amount: Decimal, party_id: int | None = None) -> EntryLine:
    """`amount` is positive where the payment debits the control account, in the payment's currency."""
    signed = amount * payment.sign
    in_company = _in_company_currency(payment, signed)
    if payment.currency_id == payment.company.currency_id:
        return EntryLine.signed(account_id, in_company, party_id=party_id)
    return EntryLine.signed(
        account_id, in_company, party_id=party_id, currency_code=payment.currency_id, currency_amount=signed
    )


def _in_company_currency(payment: Payment, amount: Decimal) -> Decimal:
    return rounded(amount * (payment.exchange_rate or 1), payment.company.currency.quantum)


def _open_items(payment: Payment) -> list[OpenItem]:
    """One open item for the money and one for what is written off, both on the same side of the control account."""
    amounts = [payment.amount, *([payment.write_off_amount] if payment.write_off_amount else ())]
    rows = [
        _item(payment, number, amount * payment.sign, payment.document_date) for number, amount in enumerate(amounts, 1)
    ]
    return OpenItem.objects.bulk_create(rows)


def _item(payment: Payment, number: int, amount: Decimal, day: dt.date) -> OpenItem:
    in_company = _in_company_currency(payment, amount)
    return OpenItem(
        company_id=payment.company_id,
        side=payment.side,
        party_id=payment.party_id,
        document_label=payment._meta.label_lower,
        document_id=payment.pk,
        document_number=payment.number or "",
        instalment=number,
        document_date=day,
        due_date=day,
        currency_id=payment.currency_id,
        amount=in_company,
        currency_amount=amount,
        open_amount=in_company,
        open_currency_amount=amount,
    )


def _own_items(payment: Payment) -> list[OpenItem]:
    return list(payment_items(payment).select_for_update(of=("self",)).order_by("pk"))


def _settle(
    payment: Payment,
    own: Sequence[OpenItem],
    targets: Sequence[OpenItem],
    found: Sequence[Any],
    day: dt.date,
    *,
    user: "User | None",
    now: dt.datetime,
) -> list[Allocation]:
    items = {item.pk: item for item in (*own, *targets)}
    rows: list[Allocation] = []
    for effective_date, matches in matches_by_day(payment, own, found, day).items():
        if effective_date != day:
            require_open_period(payment.company_id, effective_date)
        rows += write_allocations(payment.company, items, matches, effective_date=effective_date, user=user, now=now)
    return rows


def _reverse(payment: Payment, on: dt.date, reason: str, *, user: "User | None", now: dt.datetime) -> None:
    """Undo its allocations, mirror its entry, and settle its open items by mirrored ones, all on the same day."""
    own_ids = [item.pk for item in _own_items(payment)]
    touching = Allocation.objects.filter(Q(debit_item__in=own_ids) | Q(credit_item__in=own_ids))
    standing = list(touching.filter(reverses=None, reversed_by=None))
    items = lock_items({key for row in standing for key in (row.debit_item_id, row.credit_item_id)} | set(own_ids))
    reverse_allocations(standing, effective_date=on, user=user, now=now)
    entry = JournalEntry.objects.get(source_label=RecordRef.of(payment).label, source_id=payment.pk, purpose="payment")
    reverse_entry(entry_id=entry.pk, on=on, reason=reason, user=user, now=now)
    own = list(OpenItem.objects.filter(pk__in=own_ids).order_by("pk"))
    mirrored = OpenItem.objects.bulk_create(
        _item(payment, len(own) + number, -item.currency_amount, on) for number, item in enumerate(own, 1)
    )
    pairs = [PaymentAllocation(amount=abs(item.currency_amount), open_item_id=item.pk) for item in mirrored]
    items |= {item.pk: item for item in (*own, *mirrored)}
    found = wishes(payment, pairs, mirrored, sum((pair.amount for pair in pairs), ZERO))
    _settle(payment, own, mirrored, found, on, user=user, now=now)
