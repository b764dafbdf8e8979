"""The mails of answers: sent after the commit, tried again while the mail server is away."""

import datetime as dt
import logging
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.company.tenancy import all_companies, use_companies
from core.errors import InvalidInputError
from core.events.outbox import record
from crm.tickets.enums import MailStatus
from crm.tickets.events import AnswerMailWaiting
from crm.tickets.mail import answer_message
from crm.tickets.models import AnswerMail, TicketMessage

if TYPE_CHECKING:
    from core.access.models import User

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 8
FIRST_PAUSE = dt.timedelta(minutes=1)
"""Doubled with every attempt, so the last one is tried some two hours after the answer."""
AT_ONCE = 50


def send_answer_mail(*, mail_id: int, now: dt.datetime) -> AnswerMail | None:
    """Send a mail that waits. Sent already, or being sent by somebody else, nothing happens.

    A failure is written down on the mail; after `MOST_ATTEMPTS` it is given up. A crash between the mail server's
    thanks and our commit sends it again, with the same message id, which mail programs show once.
    """
    with transaction.atomic():
        waiting = AnswerMail.objects.select_for_update(of=("self",), skip_locked=True)
        mail = waiting.filter(pk=mail_id, status=MailStatus.WAITING).first()
        if mail is None:
            return None
        mail.attempts += 1
        try:
            answer_message(mail).send()
        except (OSError, ValueError) as error:
            log.warning("answer not mailed", extra={"mail_id": mail.pk, "error": str(error)})
            mail.error = str(error)[:250] or type(error).__name__
            mail.next_try_at = now + FIRST_PAUSE * 2 ** (mail.attempts - 1)
            mail.status = MailStatus.FAILED if mail.attempts >= MOST_ATTEMPTS else MailStatus.WAITING
        else:
            mail.status, mail.sent_at, mail.error = MailStatus.SENT, now, ""
        mail.save()
    return mail


def send_waiting_mails(*, now: dt.datetime) -> int:
    """Send what waits and is due, each mail in a transaction of its own; returns how many there were."""
    with all_companies(), transaction.atomic():
        due = AnswerMail.objects.filter(status=MailStatus.WAITING, next_try_at__lte=now).order_by("next_try_at")
        found = list(due.values_list("pk", "company_id")[:AT_ONCE])
    for mail_id, company_id in found:
        with use_companies([company_id]):
            send_answer_mail(mail_id=mail_id, now=now)
    return len(found)


def try_answer_mail_again(*, ticket_message_id: int, user: "User | None", now: dt.datetime) -> TicketMessage:
    """Send an answer's mail anew that was given up. One that waits or is sent stays as it is.

    :raises InvalidInputError: the message was never to be mailed.
    """
    with transaction.atomic():
        mail = AnswerMail.objects.select_for_update(of=("self",)).filter(message_id=ticket_message_id).first()
        if mail is None:
            raise InvalidInputError(_("This message is not mailed."), hint=_("Only answers are, to a known address."))
        if mail.status == MailStatus.FAILED:
            mail.status, mail.attempts, mail.next_try_at = MailStatus.WAITING, 0, now
            mail.save()
            record(AnswerMailWaiting(mail_id=mail.pk), company_id=mail.company_id)
    return TicketMessage.objects.select_related("ticket").get(pk=ticket_message_id)
