"""What happened in stock, for whoever reacts after the commit."""

from dataclasses import dataclass

from core.events.outbox import Event


@dataclass(frozen=True, slots=True)
class StockAdjustmentPosted(Event):
    stock_adjustment_id: int


@dataclass(frozen=True, slots=True)
class StockCountPosted(Event):
    stock_count_id: int


@dataclass(frozen=True, slots=True)
class StockTransferPosted(Event):
    stock_transfer_id: int
