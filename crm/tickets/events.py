"""What happens to tickets, for whoever acts on it after the commit."""

from dataclasses import dataclass

from core.events.outbox import Event


@dataclass(frozen=True, slots=True)
class TicketOpened(Event):
    ticket_id: int


@dataclass(frozen=True, slots=True)
class TicketAssigned(Event):
    ticket_id: int
    assignee_id: int | None


@dataclass(frozen=True, slots=True)
class TicketAnswered(Event):
    ticket_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class CustomerMessageRecorded(Event):
    ticket_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class TicketResolved(Event):
    ticket_id: int


@dataclass(frozen=True, slots=True)
class TicketReopened(Event):
    ticket_id: int


@dataclass(frozen=True, slots=True)
class TicketClosed(Event):
    ticket_id: int


@dataclass(frozen=True, slots=True)
class AnswerMailWaiting(Event):
    """The mail of an answer waits to be sent."""

    mail_id: int
