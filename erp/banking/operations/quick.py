"""A payment entered, posted and allocated in one act."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from erp.banking.enums import PaymentKind
from erp.banking.models import Payment
from erp.banking.operations.drafts import create_payment
from erp.banking.operations.posting import post_held
from erp.invoicing.enums import Side

if TYPE_CHECKING:
    from core.access.models import User


def receive_payment(
    *,
    company_id: int,
    party_id: int,
    amount: Decimal,
    payment_date: dt.date,
    user: "User | None",
    now: dt.datetime,
    allocations: Iterable[Any] | None = None,
    side: str = Side.RECEIVABLE,
    **values: Any,
) -> Payment:
    """Money a customer paid: created, posted, and allocated to the oldest open items, or as `allocations` says; an
    empty one leaves all of it on account.

    :raises DomainError: as `create_payment` and `post_payment`.
    """
    return _pay(
        kind=PaymentKind.RECEIVED, side=side, company_id=company_id, party_id=party_id, amount=amount,
        document_date=payment_date, user=user, now=now, allocations=allocations, **values,
    )  # fmt: skip


def send_payment(
    *,
    company_id: int,
    party_id: int,
    amount: Decimal,
    payment_date: dt.date,
    user: "User | None",
    now: dt.datetime,
    allocations: Iterable[Any] | None = None,
    side: str = Side.PAYABLE,
    **values: Any,
) -> Payment:
    """Money we paid to a supplier, or, with side receivable, gave back to a customer; see `receive_payment`."""
    return _pay(
        kind=PaymentKind.SENT, side=side, company_id=company_id, party_id=party_id, amount=amount,
        document_date=payment_date, user=user, now=now, allocations=allocations, **values,
    )  # fmt: skip


def _pay(*, user: "User | None", now: dt.datetime, allocations: Iterable[Any] | None, **values: Any) -> Payment:
    with transaction.atomic():
        payment = create_payment(user=user, now=now, **values)
        return post_held(payment, allocations, user=user, now=now)
