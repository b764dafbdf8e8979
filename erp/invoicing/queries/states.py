"""Whether an invoice is paid: computed from its open items, for one or for a list."""

import datetime as dt
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Case, DateField, Exists, F, Min, Model, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Abs, Coalesce

from core.fields import AmountField
from erp.invoicing.enums import InvoiceKind, InvoiceStatus, PaymentState
from erp.invoicing.models import OpenItem

M = TypeVar("M", bound=Model)
ZERO = Decimal(0)


def items_of(model: type[Model]) -> QuerySet[OpenItem]:
    """The open items of the outer query's document."""
    return OpenItem.objects.filter(document_label=model._meta.label_lower, document_id=OuterRef("pk"))


def with_open_amounts(queryset: QuerySet[M]) -> QuerySet[M]:
    """Documents with `open_amount`, what is left to settle in their currency, and `next_due_date`, the earliest due
    date of what is left."""
    items = items_of(queryset.model).order_by().values("document_id")
    left = items.annotate(left=Abs(Sum("open_currency_amount"))).values("left")
    due = items.filter(settled_date=None).annotate(due=Min("due_date")).values("due")
    return queryset.annotate(  # type: ignore[return-value]
        open_amount=Coalesce(Subquery(left, output_field=AmountField()), Value(ZERO), output_field=AmountField()),
        next_due_date=Subquery(due, output_field=DateField()),
    )


def with_signed_amounts(queryset: QuerySet[M], names: tuple[str, ...]) -> QuerySet[M]:
    """Documents with `signed_NAME` for each amount, negative on a credit note: what a list may add up."""
    is_credit = Q(kind=InvoiceKind.CREDIT_NOTE)
    return queryset.annotate(  # type: ignore[no-any-return]
        **{
            f"signed_{name}": Case(When(is_credit, then=-F(name)), default=F(name), output_field=AmountField())
            for name in names
        }
    )


def payment_state(document: Any, today: dt.date) -> PaymentState:
    """The state of a document read by `with_open_amounts`. A credit note is never overdue."""
    if document.status != InvoiceStatus.POSTED:
        return PaymentState.NONE
    if not document.open_amount:
        return PaymentState.PAID
    if document.next_due_date and document.next_due_date < today and document.sign > 0:
        return PaymentState.OVERDUE
    return PaymentState.UNPAID if document.open_amount == document.total_amount else PaymentState.PARTLY_PAID


def in_payment_state(queryset: QuerySet[M], state: PaymentState | str, today: dt.date) -> QuerySet[M]:
    """The documents of a state, by conditions that the indexes of open items serve."""
    posted = queryset.filter(status=InvoiceStatus.POSTED)
    is_open = items_of(queryset.model).filter(settled_date=None)
    overdue = Exists(is_open.filter(due_date__lt=today))
    untouched = ~Exists(items_of(queryset.model).filter(last_allocation_date__isnull=False))
    conditions = {
        PaymentState.NONE: ~Q(status=InvoiceStatus.POSTED),
        PaymentState.PAID: Q(status=InvoiceStatus.POSTED) & ~Q(Exists(is_open)),
        PaymentState.OVERDUE: Q(overdue) & Q(kind="invoice"),
        PaymentState.UNPAID: Q(Exists(is_open)) & ~Q(overdue, kind="invoice") & Q(untouched),
        PaymentState.PARTLY_PAID: Q(Exists(is_open)) & ~Q(overdue, kind="invoice") & ~Q(untouched),
    }
    chosen = queryset if state == PaymentState.NONE else posted
    return chosen.filter(conditions[PaymentState(state)])


def document_items(document: Model) -> QuerySet[OpenItem]:
    """A document's own open items, instalment by instalment."""
    return OpenItem.objects.filter(document_label=document._meta.label_lower, document_id=document.pk).order_by(
        "instalment"
    )


def settled_share(document: Any) -> Decimal:
    """How much of a document's total is settled, in its currency."""
    left = sum((abs(item.open_currency_amount) for item in document_items(document)), ZERO)
    return Decimal(document.total_amount) - left
