"""Forms of selling."""

from erp.orders.forms.acts import (
    AcceptForm,
    CancelForm,
    DeclineForm,
    DeliverForm,
    InvoiceForm,
    PublicAnswerForm,
    PublicDeclineForm,
    ReturnForm,
    ShipForm,
)
from erp.orders.forms.documents import (
    DeliveryForm,
    QuotationForm,
    QuotationLineForm,
    SalesOrderForm,
    SalesOrderLineForm,
)

__all__ = [
    "AcceptForm",
    "CancelForm",
    "DeclineForm",
    "DeliverForm",
    "DeliveryForm",
    "InvoiceForm",
    "PublicAnswerForm",
    "PublicDeclineForm",
    "QuotationForm",
    "QuotationLineForm",
    "ReturnForm",
    "SalesOrderForm",
    "SalesOrderLineForm",
    "ShipForm",
]
