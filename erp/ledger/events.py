"""What happened in the ledger."""

from dataclasses import dataclass

from core.events.outbox import Event


@dataclass(frozen=True, slots=True)
class PeriodClosed(Event):
    accounting_period_id: int


@dataclass(frozen=True, slots=True)
class PeriodReopened(Event):
    accounting_period_id: int


@dataclass(frozen=True, slots=True)
class ManualEntryPosted(Event):
    manual_entry_id: int
    journal_entry_id: int


@dataclass(frozen=True, slots=True)
class JournalEntryReversed(Event):
    journal_entry_id: int
    reversal_id: int
