"""Reading payments, what is left of them, and the cash position."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from core.documents.references import RecordRef
from erp.banking.models import CashAccount, Payment
from erp.invoicing.models import Allocation, OpenItem
from erp.ledger.queries import account_balance

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CashPosition:
    """What one of our accounts holds on a day, in the company's currency, as the ledger says."""

    cash_account: CashAccount
    balance: Decimal


def items_to_settle(payment: Payment) -> QuerySet[OpenItem]:
    """What the party has open on the other side in the payment's currency, the oldest due date first."""
    rows = OpenItem.objects.filter(
        company=payment.company_id, party=payment.party_id, side=payment.side, currency=payment.currency_id,
        settled_date=None,
    )  # fmt: skip
    rows = rows.filter(currency_amount__gt=0) if payment.sign < 0 else rows.filter(currency_amount__lt=0)
    return rows.order_by("due_date", "pk")


def payment_items(payment: Payment) -> QuerySet[OpenItem]:
    """The payment's own open items: the money, what is written off, and after a cancellation their mirrors."""
    ref = RecordRef.of(payment)
    return OpenItem.objects.filter(document_label=ref.label, document_id=ref.id).order_by("instalment")


def left_on_account(payment: Payment) -> Decimal:
    """What of a posted payment settles nothing yet, in its currency."""
    total = payment_items(payment).aggregate(left=Sum("open_currency_amount"))["left"]
    return abs(total or ZERO)  # type: ignore[no-any-return]


def allocations_of(payment: Payment) -> list[tuple[Allocation, OpenItem]]:
    """The standing allocations of a payment, each with the item it settles."""
    own = set(payment_items(payment).values_list("pk", flat=True))
    rows = Allocation.objects.filter(Q(debit_item__in=own) | Q(credit_item__in=own), reverses=None, reversed_by=None)
    rows = rows.exclude(debit_item__in=own, credit_item__in=own).select_related("debit_item", "credit_item")
    return [(row, row.credit_item if row.debit_item_id in own else row.debit_item) for row in rows.order_by("pk")]


def cash_position(*, company_id: int, as_of: dt.date) -> list[CashPosition]:
    """The balance of every account in use on the day."""
    accounts = CashAccount.objects.filter(company_id=company_id, active=True).select_related("account", "currency")
    return [
        CashPosition(account, account_balance(company_id=company_id, account_id=account.account_id, as_of=as_of))
        for account in accounts
    ]
