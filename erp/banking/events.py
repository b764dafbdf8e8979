"""What others may hear of."""

from dataclasses import dataclass

from core.events.outbox import Event


@dataclass(frozen=True, slots=True)
class PaymentPosted(Event):
    """A payment was posted."""

    payment_id: int


@dataclass(frozen=True, slots=True)
class PaymentCancelled(Event):
    """A posted payment was cancelled; what it had settled is open again."""

    payment_id: int
