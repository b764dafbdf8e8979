"""What invoicing refuses."""

from core.errors import InvalidInputError, WrongStateError


class InvoiceNotDraftError(WrongStateError):
    """Only a draft can be changed."""

    code = "invoice_not_draft"


class EmptyInvoiceError(InvalidInputError):
    """There is nothing to invoice."""

    code = "no_lines"


class NegativeTotalError(InvalidInputError):
    """The total is below zero: the other kind of document says that."""

    code = "negative_total"


class SupplierNumberError(InvalidInputError):
    """The supplier's number is missing, or was entered before."""

    code = "supplier_number"


class PaymentTermError(InvalidInputError):
    """The payment term does not say when the whole amount is due."""

    code = "payment_term_incomplete"


class CreditExceedsInvoiceError(InvalidInputError):
    """More is credited than the invoice has left."""

    code = "credit_exceeds_invoice"


class AllocationExceedsItemError(InvalidInputError):
    """More is allocated than the item has open."""

    code = "allocation_exceeds_item"


class ItemsDoNotMatchError(InvalidInputError):
    """The two items cannot settle each other."""

    code = "items_do_not_match"


class AllocationDateError(InvalidInputError):
    """The allocation would take effect before one of its items existed, or before an earlier one was undone."""

    code = "allocation_date"


class NothingToSettleError(InvalidInputError):
    """There is nothing open on one of the two sides."""

    code = "nothing_to_settle"
