"""What happened to quotations, orders and deliveries, for whoever acts on it after the commit."""

from dataclasses import dataclass

from core.events.outbox import Event


@dataclass(frozen=True, slots=True)
class QuotationSent(Event):
    quotation_id: int


@dataclass(frozen=True, slots=True)
class QuotationAccepted(Event):
    quotation_id: int
    sales_order_id: int


@dataclass(frozen=True, slots=True)
class QuotationDeclined(Event):
    quotation_id: int


@dataclass(frozen=True, slots=True)
class SalesOrderConfirmed(Event):
    sales_order_id: int


@dataclass(frozen=True, slots=True)
class SalesOrderCancelled(Event):
    sales_order_id: int


@dataclass(frozen=True, slots=True)
class DeliveryShipped(Event):
    delivery_id: int


@dataclass(frozen=True, slots=True)
class SalesReturnReceived(Event):
    sales_return_id: int
