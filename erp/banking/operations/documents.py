"""Paying one document from its own page."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.documents.references import RecordRef
from core.errors import WrongStateError
from erp.banking.enums import PaymentKind
from erp.banking.models import Payment
from erp.banking.operations.drafts import create_payment
from erp.banking.operations.posting import post_held
from erp.invoicing.enums import InvoiceStatus, Side
from erp.invoicing.models import SalesInvoice, SupplierInvoice
from erp.invoicing.queries import document_items

if TYPE_CHECKING:
    from core.access.models import User

ZERO = Decimal(0)


def pay_sales_invoice(
    *,
    sales_invoice_id: int,
    amount: Decimal,
    payment_date: dt.date,
    user: "User | None",
    now: dt.datetime,
    cash_account_id: int | None = None,
    method: str = "transfer",
    reference: str = "",
    write_off_amount: Decimal = ZERO,
    write_off_key: str = "",
) -> Payment:
    """Money a customer paid for an invoice, or, for a credit note, money we gave back. What is more than open stays on
    account.

    :raises WrongStateError: the invoice is not posted.
    :raises DomainError: as `create_payment` and `post_payment`.
    """
    invoice = SalesInvoice.objects.get(pk=sales_invoice_id)
    kind = PaymentKind.SENT if invoice.is_credit_note else PaymentKind.RECEIVED
    return _pay(
        invoice, kind, Side.RECEIVABLE, amount=amount, document_date=payment_date, cash_account_id=cash_account_id,
        method=method, reference=reference, write_off_amount=write_off_amount, write_off_key=write_off_key,
        user=user, now=now,
    )  # fmt: skip


def pay_supplier_invoice(
    *,
    supplier_invoice_id: int,
    amount: Decimal,
    payment_date: dt.date,
    user: "User | None",
    now: dt.datetime,
    cash_account_id: int | None = None,
    method: str = "transfer",
    reference: str = "",
    write_off_amount: Decimal = ZERO,
    write_off_key: str = "",
) -> Payment:
    """Money we paid for a supplier invoice, or got back for a supplier's credit note; see `pay_sales_invoice`."""
    invoice = SupplierInvoice.objects.get(pk=supplier_invoice_id)
    kind = PaymentKind.RECEIVED if invoice.is_credit_note else PaymentKind.SENT
    return _pay(
        invoice, kind, Side.PAYABLE, amount=amount, document_date=payment_date, cash_account_id=cash_account_id,
        method=method, reference=reference, write_off_amount=write_off_amount, write_off_key=write_off_key,
        user=user, now=now,
    )  # fmt: skip


def _pay(
    invoice: SalesInvoice | SupplierInvoice,
    kind: PaymentKind,
    side: Side,
    *,
    user: "User | None",
    now: dt.datetime,
    **values: Any,
) -> Payment:
    if invoice.status != InvoiceStatus.POSTED:
        raise WrongStateError(_("%(invoice)s is not posted.") % {"invoice": invoice}, hint=_("Post it first."))
    with transaction.atomic():
        payment = create_payment(
            company_id=invoice.company_id, party_id=invoice.party_id, kind=kind, side=side,
            currency_code=invoice.currency_id, owner_id=invoice.owner_id, team_id=invoice.team_id,
            user=user, now=now, **values,
        )  # fmt: skip
        left = sum((abs(item.open_currency_amount) for item in document_items(invoice)), ZERO)
        settled = min(payment.amount + payment.write_off_amount, left)
        wanted = [(RecordRef.of(invoice), settled)] if settled else []
        return post_held(payment, wanted, user=user, now=now)
