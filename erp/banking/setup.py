"""Giving a company its first bank account and cash box."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core.company.models import Company
from erp.banking.enums import CashAccountKind
from erp.banking.models import CashAccount
from erp.ledger.enums import AccountKey
from erp.ledger.queries import accounts_for

if TYPE_CHECKING:
    from core.access.models import User


def set_up_banking(*, company_id: int, user: "User | None", now: dt.datetime) -> CashAccount:
    """Install a bank account and a cash box in the company's currency and return the bank account. A company that has
    any keeps what it has, so running it again changes nothing.

    :raises NoPostingRuleError: the ledger does not say which account stands for the bank.
    """
    with transaction.atomic():
        company = Company.objects.select_for_update(of=("self",)).get(pk=company_id)
        existing = CashAccount.objects.filter(company=company).order_by("-is_default", "pk").first()
        if existing is not None:
            return existing
        book = accounts_for(company_id, (AccountKey.BANK, AccountKey.CASH))
        bank = CashAccount(
            company=company,
            kind=CashAccountKind.BANK,
            name=_("Bank"),
            account_id=book.account_id(AccountKey.BANK),
            currency_id=company.currency_id,
            is_default=True,
            created_by=user,
        )
        cash = CashAccount(
            company=company,
            kind=CashAccountKind.CASH,
            name=_("Cash"),
            account_id=book.account_id(AccountKey.CASH),
            currency_id=company.currency_id,
            created_by=user,
        )
        CashAccount.objects.bulk_create([bank, cash])
    return bank
