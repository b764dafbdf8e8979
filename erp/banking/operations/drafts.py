"""Payments as drafts."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.catalog.pricing.rounding import rounded
from core.documents.records import lock_record
from core.errors import InvalidInputError
from core.parties.queries import party_of
from erp.banking.enums import PaymentKind, PaymentMethod, PaymentStatus
from erp.banking.errors import NoCashAccountError, PaymentNotDraftError
from erp.banking.models import CashAccount, Payment
from erp.banking.setup import set_up_banking
from erp.invoicing.enums import Side

if TYPE_CHECKING:
    from core.access.models import User

ZERO = Decimal(0)


def create_payment(
    *,
    company_id: int,
    party_id: int,
    amount: Decimal,
    document_date: dt.date,
    user: "User | None",
    now: dt.datetime,
    kind: str = PaymentKind.RECEIVED,
    side: str | None = None,
    cash_account_id: int | None = None,
    currency_code: str | None = None,
    method: str = PaymentMethod.TRANSFER,
    write_off_amount: Decimal = ZERO,
    write_off_key: str = "",
    reference: str = "",
    owner_id: int | None = None,
    team_id: int | None = None,
    external_id: str = "",
) -> Payment:
    """Write a draft. Without `side` money received is a customer's and money sent a supplier's; a refund names its
    side. Without `cash_account_id` the default account of the currency takes it.

    :raises InvalidInputError: unknown party, amount not positive or finer than the currency, write-off without account.
    :raises NoCashAccountError: no account in the currency.
    """
    party = party_of(company_id, party_id)
    if party is None:
        raise InvalidInputError(
            _("This party does not exist in the company."), field="party", hint=_("Choose another party.")
        )
    if owner_id is None and team_id is None:
        owner_id, team_id = party.owner_id, party.team_id
    payment = Payment(
        company=party.company,
        party=party,
        kind=kind,
        side=side or (Side.RECEIVABLE if kind == PaymentKind.RECEIVED else Side.PAYABLE),
        amount=amount,
        document_date=document_date,
        method=method,
        write_off_amount=write_off_amount or ZERO,
        write_off_key=write_off_key,
        reference=reference,
        owner_id=owner_id,
        team_id=team_id,
        external_id=external_id,
        created_by=user,
    )
    _set_cash_account(payment, cash_account_id, currency_code, user, now)
    _check(payment)
    payment.save(force_insert=True)
    return payment


def update_payment(
    *, payment_id: int, user: "User | None", now: dt.datetime, expected_version: int | None = None, **values: Any
) -> Payment:
    """Change a draft.

    :raises ConflictError: somebody else changed it since `expected_version`.
    :raises PaymentNotDraftError: it is posted or cancelled.
    """
    with transaction.atomic():
        payment = lock_record(Payment, payment_id, expected_version=expected_version)
        if payment.status != PaymentStatus.DRAFT:
            raise PaymentNotDraftError(
                _("%(payment)s is %(status)s and cannot be changed.")
                % {"payment": payment, "status": payment.get_status_display()},
                hint=_("Cancel it and enter it again."),
            )
        cash_account_id = values.pop("cash_account_id", payment.cash_account_id)
        currency_code = values.pop("currency_code", None)
        for name, value in values.items():
            setattr(payment, name, value)
        if "kind" in values and "side" not in values:
            payment.side = Side.RECEIVABLE if payment.kind == PaymentKind.RECEIVED else Side.PAYABLE
        _set_cash_account(payment, cash_account_id, currency_code, user, now)
        _check(payment)
        payment.version += 1
        payment.save()
    return payment


def _set_cash_account(
    payment: Payment, cash_account_id: int | None, currency_code: str | None, user: "User | None", now: dt.datetime
) -> None:
    """The account the money moved on; its currency is the payment's."""
    accounts = CashAccount.objects.select_related("currency").filter(company=payment.company_id)
    if cash_account_id is not None:
        account = accounts.filter(pk=cash_account_id).first()
    else:
        wanted = currency_code or payment.company.currency_id
        account = accounts.filter(currency=wanted, active=True).order_by("-is_default", "pk").first()
        if account is None and wanted == payment.company.currency_id:
            account = set_up_banking(company_id=payment.company_id, user=user, now=now)
    if account is None or (currency_code and account.currency_id != currency_code):
        raise NoCashAccountError(
            _("There is no bank account for this currency."),
            field="cash_account",
            hint=_("Add one under Finance, Bank and cash accounts."),
        )
    payment.cash_account, payment.currency = account, account.currency


def _check(payment: Payment) -> None:
    quantum = payment.currency.quantum
    for field in ("amount", "write_off_amount"):
        value = getattr(payment, field)
        if rounded(value, quantum) != value:
            raise InvalidInputError(
                _("%(amount)s is finer than %(currency)s allows.") % {"amount": value, "currency": payment.currency_id},
                code="not_rounded",
                field=field,
                hint=_("Round it to the currency's smallest unit."),
            )
    if payment.amount <= 0:
        raise InvalidInputError(
            _("The amount of a payment is above zero."), field="amount", hint=_("Enter what was paid.")
        )
    if payment.write_off_amount < 0 or (payment.write_off_amount and not payment.write_off_key):
        raise InvalidInputError(
            _("A write-off is positive and says where it goes."),
            field="write_off_key",
            hint=_("Choose an account for what is written off."),
        )
