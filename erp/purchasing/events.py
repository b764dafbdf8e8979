"""What happened in purchasing, for whoever reacts after the commit."""

from dataclasses import dataclass

from core.events.outbox import Event


@dataclass(frozen=True, slots=True)
class PurchaseOrderConfirmed(Event):
    purchase_order_id: int


@dataclass(frozen=True, slots=True)
class PurchaseOrderCancelled(Event):
    purchase_order_id: int


@dataclass(frozen=True, slots=True)
class ReceiptPosted(Event):
    receipt_id: int
