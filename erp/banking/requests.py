"""What of a payment goes to which open item, as asked for, and turned into matches."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.documents.references import RecordRef
from erp.banking.errors import OverAllocatedError
from erp.banking.models import Payment
from erp.invoicing.models import OpenItem
from erp.invoicing.operations import Match

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAllocation:
    """An amount of a payment for one open item, or for a document's items, the one due first before the others."""

    amount: Decimal
    open_item_id: int | None = None
    document: RecordRef | None = None

    @classmethod
    def of(cls, given: Any) -> "PaymentAllocation":
        """From a mapping (`open_item_id` or `document`, `amount`) or a pair of one of them and the amount."""
        if isinstance(given, PaymentAllocation):
            return given
        if isinstance(given, Mapping):
            return cls(amount=given["amount"], open_item_id=given.get("open_item_id"), document=given.get("document"))
        target, amount = given
        if isinstance(target, RecordRef):
            return cls(amount=amount, document=target)
        return cls(amount=amount, open_item_id=int(target))


@dataclass(frozen=True, slots=True)
class Wish:
    """An open item of the other side and how much of it to settle."""

    item_id: int
    amount: Decimal
    document_date: dt.date


def lock_counterparts(payment: Payment, wanted: Sequence[PaymentAllocation] | None) -> list[OpenItem]:
    """The open items the payment may settle, locked, the oldest due first; of the documents, or of the party."""
    rows = OpenItem.objects.select_for_update(of=("self",)).filter(company=payment.company_id, settled_date=None)
    if wanted is None:
        rows = rows.filter(party=payment.party_id, side=payment.side, currency=payment.currency_id)
        rows = rows.filter(currency_amount__gt=0) if payment.sign < 0 else rows.filter(currency_amount__lt=0)
    else:
        labels = {request.document.label for request in wanted if request.document}
        ids = [request.document.id for request in wanted if request.document]
        items = [request.open_item_id for request in wanted if request.open_item_id]
        rows = rows.filter(Q(pk__in=items) | Q(document_label__in=labels, document_id__in=ids))
    return sorted(rows.order_by("pk"), key=lambda item: (item.due_date, item.pk))


def wishes(
    payment: Payment, wanted: Sequence[PaymentAllocation] | None, items: Sequence[OpenItem], available: Decimal
) -> list[Wish]:
    """How much of each item to settle: as wanted, or, when nothing was said, the oldest first as far as the money goes.

    :raises OverAllocatedError: more is wanted than is available, or than the documents have open.
    """
    if wanted is None:
        return _oldest_first(items, available)
    total = sum((request.amount for request in wanted), ZERO)
    if total > available:
        raise OverAllocatedError(
            _("%(wanted)s is allocated, but only %(available)s is available.")
            % {"wanted": total, "available": available},
            field="allocations",
            hint=_("Lower the amounts."),
        )
    found: list[Wish] = []
    for request in wanted:
        own = [item for item in items if _is_target(item, request)]
        part = _oldest_first(own, request.amount)
        if request.amount <= 0 or sum((wish.amount for wish in part), ZERO) != request.amount:
            raise OverAllocatedError(
                _("The documents have less open than %(amount)s.") % {"amount": request.amount},
                code="allocation_exceeds_item",
                field="allocations",
                hint=_("Allocate what is open and leave the rest on account."),
            )
        found += part
    return found


def matches_by_day(
    payment: Payment, own: Sequence[OpenItem], found: Iterable[Wish], day: dt.date
) -> dict[dt.date, list[Match]]:
    """Matches of the payment's own items with the wished ones, by the day they take effect: `day`, or the day of the
    other document where that is later."""
    left = [[item.pk, abs(item.open_currency_amount)] for item in own]
    days: dict[dt.date, list[Match]] = {}
    for wish in found:
        rest = wish.amount
        for entry in left:
            part = min(rest, entry[1])
            if not part:
                continue
            pair = (entry[0], wish.item_id) if payment.sign > 0 else (wish.item_id, entry[0])
            days.setdefault(max(day, wish.document_date), []).append(Match(*pair, part))  # type: ignore[call-arg]
            entry[1] -= part
            rest -= part
    return days


def _is_target(item: OpenItem, request: PaymentAllocation) -> bool:
    return item.pk == request.open_item_id or (request.document is not None and item.document == request.document)


def _oldest_first(items: Iterable[OpenItem], amount: Decimal) -> list[Wish]:
    found = []
    for item in items:
        part = min(amount, abs(item.open_currency_amount))
        if part > 0:
            found.append(Wish(item.pk, part, item.document_date))
            amount -= part
    return found
