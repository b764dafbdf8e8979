"""What banking refuses."""

from core.errors import InvalidInputError, WrongStateError


class NoCashAccountError(InvalidInputError):
    """No bank or cash account is known for the currency."""

    code = "no_cash_account"


class PaymentNotDraftError(WrongStateError):
    """Only a draft can be changed."""

    code = "payment_not_draft"


class OverAllocatedError(InvalidInputError):
    """More is allocated than was paid."""

    code = "over_allocated"
