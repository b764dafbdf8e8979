"""What happens to leads, for whoever acts on it after the commit."""

from dataclasses import dataclass

from core.events.outbox import Event


@dataclass(frozen=True, slots=True)
class LeadCaptured(Event):
    lead_id: int


@dataclass(frozen=True, slots=True)
class LeadQualified(Event):
    lead_id: int


@dataclass(frozen=True, slots=True)
class LeadConverted(Event):
    lead_id: int
    party_id: int
    deal_id: int
