"""What is refused before anything is written. The database refuses the same at commit, for whoever comes by SQL."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from erp.ledger.errors import InactiveAccountError, InvalidLineError, UnbalancedEntryError
from erp.ledger.posting.context import Context
from erp.ledger.posting.inputs import ZERO, EntryInput, EntryLine


def kept_lines(entry: EntryInput, context: Context) -> list[EntryLine]:
    """The lines to be written, after every check.

    :raises UnbalancedEntryError: when debit and credit differ, or fewer than two lines say anything.
    :raises InactiveAccountError: for an account that takes no lines.
    :raises InvalidLineError: for a line its account or the currency does not allow.
    """
    lines = [line for line in entry.lines if not line.is_blank]
    for line in lines:
        _check_amounts(line, context.quantum)
        _check_account(line, context)
    if len(lines) < 2:
        raise UnbalancedEntryError(
            _("The entry has nothing to post."), code="empty_entry", field="lines", hint=_("Enter at least two lines.")
        )
    _check_balance(lines)
    return lines


def _check_amounts(line: EntryLine, quantum: Decimal) -> None:
    if line.debit < 0 or line.credit < 0 or (line.debit and line.credit):
        raise InvalidLineError(
            _("A line bears one positive amount, in debit or in credit."), code="one_side", field="lines"
        )
    if line.amount % quantum:
        raise InvalidLineError(
            _("%(amount)s is finer than the currency allows.") % {"amount": abs(line.amount)},
            code="not_rounded",
            field="lines",
        )
    if (line.currency_code is None) != (line.currency_amount is None):
        raise InvalidLineError(_("Currency and amount in currency go together."), code="currency_amount", field="lines")


def _check_account(line: EntryLine, context: Context) -> None:
    account = context.accounts.get(line.account_id)
    if account is None or not account.is_usable:
        raise InactiveAccountError(
            _("Account %(account)s takes no lines.") % {"account": account.code if account else line.account_id},
            field="lines",
            hint=_("Choose an active account that is not a heading."),
        )
    if account.party_required and line.party_id is None:
        raise InvalidLineError(
            _("A line on account %(account)s names its party.") % {"account": account.code},
            code="party_required",
            field="lines",
        )
    if account.currency not in (None, context.currency, line.currency_code):
        raise InvalidLineError(
            _("Account %(account)s is kept in %(currency)s.") % {"account": account.code, "currency": account.currency},
            code="account_currency",
            field="lines",
        )


def _check_balance(lines: list[EntryLine]) -> None:
    difference = sum((line.amount for line in lines), ZERO)
    if difference:
        raise UnbalancedEntryError(
            _("Debit and credit differ by %(difference)s.") % {"difference": difference},
            field="lines",
            hint=_("Both sides must be equal."),
            params={"difference": str(difference)},
        )
    currencies = {line.currency_code for line in lines}
    if len(currencies) == 1 and None not in currencies:
        foreign = sum((line.currency_amount or ZERO for line in lines), ZERO)
        if foreign:
            raise UnbalancedEntryError(
                _("The amounts in %(currency)s differ by %(difference)s.")
                % {"currency": currencies.pop(), "difference": foreign},
                field="lines",
            )
