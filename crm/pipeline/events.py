"""What happens to deals, for whoever acts on it after the commit."""

from dataclasses import dataclass

from core.events.outbox import Event


@dataclass(frozen=True, slots=True)
class DealWon(Event):
    deal_id: int


@dataclass(frozen=True, slots=True)
class DealLost(Event):
    deal_id: int


@dataclass(frozen=True, slots=True)
class DealMoved(Event):
    deal_id: int
    stage_id: int
