"""What the ledger refuses."""

from core.errors import InvalidInputError, WrongStateError


class UnbalancedEntryError(InvalidInputError):
    """Debit and credit differ, or there is nothing to post."""

    code = "unbalanced_entry"


class InvalidLineError(InvalidInputError):
    """A journal line says something its account or currency does not allow."""

    code = "invalid_line"


class PeriodClosedError(WrongStateError):
    """The date lies in a closed accounting period."""

    code = "period_closed"


class NoPeriodError(InvalidInputError):
    """No accounting period holds the date."""

    code = "no_period"


class NoPostingRuleError(InvalidInputError):
    """No posting rule says which account answers to a key."""

    code = "no_posting_rule"


class NoJournalError(InvalidInputError):
    """The company keeps no active journal of the kind."""

    code = "no_journal"


class InactiveAccountError(InvalidInputError):
    """The account is inactive, a heading, or of another company."""

    code = "inactive_account"


class ControlAccountError(InvalidInputError):
    """A subledger keeps the account; an entry made by hand would part them."""

    code = "control_account"


class SubledgerEntryError(WrongStateError):
    """The entry belongs to a document; it is corrected there, so that document and ledger stay together."""

    code = "subledger_entry"


class AlreadyReversedError(WrongStateError):
    """The entry has a reversal, or is one."""

    code = "already_reversed"
