"""What tickets do after the commit: answers are mailed."""

import datetime as dt

from django.utils import timezone

from core.events.outbox import subscribe
from core.jobs.schedules import every
from crm.tickets.events import AnswerMailWaiting
from crm.tickets.operations import send_answer_mail, send_waiting_mails


def connect() -> None:
    """Called once, when Django starts."""
    subscribe(AnswerMailWaiting, mail_answer)
    every(dt.timedelta(minutes=1), "tickets.send_waiting_mails", _send)


def mail_answer(event: AnswerMailWaiting) -> None:
    """The first attempt, right after the commit; later ones are scheduled."""
    send_answer_mail(mail_id=event.mail_id, now=timezone.now())


def _send(now: dt.datetime) -> None:
    send_waiting_mails(now=now)
