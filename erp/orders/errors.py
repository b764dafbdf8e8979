"""Refusals of the orders app."""

from core.errors import DomainError, InvalidInputError, WrongStateError


class QuotationExpiredError(WrongStateError):
    """The last day on which the quotation could be accepted has passed."""

    code = "quotation_expired"


class AlreadyOrderedError(WrongStateError):
    """The same deal already has an order that came from another quotation."""

    code = "already_ordered"


class NothingToDeliverError(DomainError):
    """Everything is delivered, waits on another delivery, or is not in stock."""

    code = "nothing_to_deliver"


class NothingToInvoiceError(DomainError):
    """Everything that may be invoiced is invoiced or waits on a draft."""

    code = "nothing_to_invoice"


class QuantityExceededError(InvalidInputError):
    """More is asked for than what is left."""

    code = "quantity_exceeded"


class DeliveryExistsError(WrongStateError):
    """Goods have left, so the order can no longer be cancelled."""

    code = "delivery_exists"


class InvoiceExistsError(WrongStateError):
    """The order is on an invoice, so it can no longer be cancelled."""

    code = "invoice_exists"
