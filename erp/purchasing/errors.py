"""Refusals of purchasing."""

from core.errors import DomainError, InvalidInputError, WrongStateError


class OverReceiptError(InvalidInputError):
    """More would be received than was ordered and is tolerated."""

    code = "over_receipt"


class OverInvoiceError(InvalidInputError):
    """More is invoiced than was ordered or received."""

    code = "over_invoice"


class NothingToReceiveError(DomainError):
    """Everything is received or waits on another receipt."""

    code = "nothing_to_receive"


class NothingToBillError(DomainError):
    """Nothing is received that is not invoiced, or it waits on a draft invoice."""

    code = "nothing_to_bill"


class GoodsReceivedError(WrongStateError):
    """Goods have arrived or were invoiced, so the order can no longer be cancelled."""

    code = "goods_received"
