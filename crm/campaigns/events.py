"""What happens to mailings, for whoever acts on it after the commit."""

from dataclasses import dataclass

from core.events.outbox import Event


@dataclass(frozen=True, slots=True)
class MailingReleased(Event):
    """The recipients are frozen; the mails can go out."""

    mailing_id: int


@dataclass(frozen=True, slots=True)
class MailingTestAsked(Event):
    """Somebody wants to see the mailing in their own mailbox."""

    mailing_id: int
    user_id: int
