"""What happened in the ledger."""

from dataclasses import dataclass

from core.events.outbox import Event


@dataclass(frozen=True, slots=True)
class PeriodClosed(Event):
    accounting_period_id: int


@dataclass(frozen=True, slots=True)
class PeriodReopened(Event):
    accounting_period_id: int
