"""The mails of a mailing leave here, one after the other, each at most once.

A worker takes a recipient (`sending`, committed), sends the mail, and writes down what came of it. PostgreSQL holds the
queue: several workers may serve one mailing, because each takes a row that no other holds.

A crash between the mail server's answer and the commit of `sent` leaves a row `sending` of which nobody knows whether
it was delivered. It is never tried again: after `LEASE` it becomes `failed`, interrupted. One mail a dying worker is
the price of never mailing anybody twice.
"""

import datetime as dt
import smtplib
from collections.abc import Callable
from typing import Any

from django.core.mail import get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.documents.records import lock_record
from core.errors import DomainError
from core.jobs.enums import OPEN_STATUSES
from core.jobs.models import JobRun
from core.jobs.operations import report, start_job
from core.jobs.registry import job
from crm.campaigns.enums import (
    MAILING_TRANSITIONS,
    WAITING_STATUSES,
    MailingStatus,
    RecipientReason,
    RecipientStatus,
    TouchKind,
)
from crm.campaigns.links import unsubscribe_url
from crm.campaigns.mails import mail_for
from crm.campaigns.models import Mailing, MailingRecipient, Suppression, Touch
from crm.campaigns.operations.unsubscribing import suppress_bounced
from crm.campaigns.sql import address_hash
from crm.contacts.enums import Channel, ConsentAct
from crm.contacts.models import Consent

KIND = "campaigns.send_mailing"
BATCH = 2000
"""Mails a job run; then the next run is queued, so that no run outlives a worker's time limit and other jobs get a
turn."""
BLOCK = 500
REPORT_EVERY = 25
LEASE = dt.timedelta(minutes=15)
"""Longer than any mail takes to be handed over, by far: the mail server has ten seconds an answer."""
RETRY_AFTER = dt.timedelta(minutes=5)
GONE = (550, 551, 553)
"""SMTP answers that say that there is no such mailbox; all others may be about the server or the mail."""

Clock = Callable[[], dt.datetime]


class MailServerError(DomainError):
    """The mail server cannot be reached. Nothing is lost: the mailing goes on in a few minutes."""

    code = "mail_server"


@job(KIND)
def send_job(run: JobRun) -> str:
    """One batch of a mailing. Run again after a crash, it takes whom nobody has taken yet."""
    mailing_id = int(run.params["mailing_id"])
    count = send_batch(mailing_id=mailing_id, progress=lambda done: report(run, done=done))
    with transaction.atomic():
        if not settle(mailing_id=mailing_id, now=timezone.now()):
            continue_sending(mailing_id=mailing_id, now=timezone.now())
    return _("%(count)s mails sent.") % {"count": count}


def send_batch(
    *,
    mailing_id: int,
    progress: Callable[[int], Any] = lambda done: None,
    connection: Any = None,
    clock: Clock = timezone.now,
    limit: int = BATCH,
) -> int:
    """Send up to `limit` mails of a mailing. Call it outside a transaction: each step commits.

    :param connection: a mail backend; left out, the one of the settings.
    :returns: how many recipients were dealt with.
    :raises MailServerError: the server cannot be reached; whom it was for keeps waiting.
    """
    connection = connection or get_connection()
    with transaction.atomic():
        mailing = Mailing.objects.select_related("company").get(pk=mailing_id)
    done = last_id = 0
    try:
        _open(connection)
        while ids := waiting_ids(mailing_id=mailing_id, after_id=last_id, limit=min(BLOCK, limit - done)):
            for last_id in ids:
                if (recipient := claim(mailing=mailing, recipient_id=last_id, now=clock())) is None:
                    continue
                done += 1
                if recipient.status == RecipientStatus.SENDING:
                    _deliver(recipient, connection, clock)
                if done % REPORT_EVERY == 0:
                    progress(done)
    finally:
        connection.close()
    progress(done)
    return done


def waiting_ids(*, mailing_id: int, after_id: int, limit: int) -> list[int]:
    """The next who wait, unlocked. They are read in blocks and taken one by one by key, because right after freezing
    the planner knows nothing of the new rows and would sort all of them for each."""
    with transaction.atomic():
        waiting = MailingRecipient.objects.filter(mailing_id=mailing_id, status=RecipientStatus.QUEUED, pk__gt=after_id)
        return list(waiting.order_by("pk").values_list("pk", flat=True)[: max(0, limit)])


def claim(*, mailing: Mailing, recipient_id: int, now: dt.datetime) -> MailingRecipient | None:
    """Take a waiting recipient so that no other worker does, or skip them when they unsubscribed meanwhile.

    :returns: None when another worker has them, or the mailing was cancelled.
    """
    with transaction.atomic():
        waiting = MailingRecipient.objects.filter(
            pk=recipient_id, status=RecipientStatus.QUEUED, mailing__status=MailingStatus.SENDING
        )
        related = waiting.select_related("party__parent", "lead")
        recipient = related.select_for_update(skip_locked=True, of=("self",)).order_by().first()
        if recipient is None:
            return None
        recipient.mailing = mailing
        if _stopped_since(recipient):
            recipient.status, recipient.reason = RecipientStatus.SKIPPED, RecipientReason.UNSUBSCRIBED
        else:
            recipient.status, recipient.claimed_at = RecipientStatus.SENDING, now
        recipient.save(update_fields=["status", "reason", "claimed_at"])
    return recipient


def _stopped_since(recipient: MailingRecipient) -> bool:
    """Whether the person said no since the recipients were frozen."""
    company_id, since = recipient.company_id, recipient.mailing.released_at
    stops = Suppression.objects.filter(
        company_id=company_id, address_hash=address_hash(company_id, recipient.email), at__gte=since
    )
    if stops.exists():
        return True
    if recipient.party is None:
        return False
    withdrawn = Consent.objects.filter(
        party=recipient.party,
        channel=Channel.EMAIL,
        purpose="marketing",
        act=ConsentAct.WITHDRAWN,
        given_at__gte=since,
    )
    return withdrawn.exists()


def _deliver(recipient: MailingRecipient, connection: Any, clock: Clock) -> None:
    """Hand one mail over and write down what came of it."""
    try:
        mail = mail_for(
            recipient.mailing,
            recipient.person,
            to=recipient.email,
            unsubscribe_url=unsubscribe_url(recipient.mailing.company, recipient.pk),
        )
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as refusal:
        code, answer = next(iter(refusal.recipients.values()))
        _fail(recipient, RecipientReason.BOUNCED if code in GONE else RecipientReason.REFUSED, code, answer, clock())
    except smtplib.SMTPServerDisconnected as error:
        _fail(recipient, RecipientReason.INTERRUPTED, 0, str(error), clock())
        connection.close()
        _open(connection)
    except smtplib.SMTPResponseException as refusal:
        _fail(recipient, RecipientReason.REFUSED, refusal.smtp_code, refusal.smtp_error, clock())
    except (smtplib.SMTPException, ValueError) as error:
        _fail(recipient, RecipientReason.REFUSED, 0, str(error), clock())
    except OSError as error:
        _fail(recipient, RecipientReason.INTERRUPTED, 0, str(error), clock())
        connection.close()
        _open(connection)
    else:
        _succeed(recipient, clock())


def _open(connection: Any) -> None:
    """:raises MailServerError: it cannot be reached."""
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise MailServerError(
            _("The mail server cannot be reached (%(error)s).") % {"error": error},
            hint=_("Nothing is lost: the mailing goes on by itself in a few minutes."),
        ) from error


def _succeed(recipient: MailingRecipient, now: dt.datetime) -> None:
    with transaction.atomic():
        _write(recipient, status=RecipientStatus.SENT, reason="", sent_at=now)
        Touch.objects.create(
            company_id=recipient.company_id,
            campaign_id=recipient.mailing.campaign_id,
            recipient=recipient,
            party_id=recipient.party_id,
            lead_id=recipient.lead_id,
            kind=TouchKind.MAILED,
            at=now,
        )


def _fail(
    recipient: MailingRecipient, reason: RecipientReason, code: int, answer: bytes | str, now: dt.datetime
) -> None:
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    with transaction.atomic():
        detail = f"{code or ''} {words}".strip()[:250]
        _write(recipient, status=RecipientStatus.FAILED, reason=reason, detail=detail)
        if reason == RecipientReason.BOUNCED:
            suppress_bounced(recipient=recipient, now=now)


def _write(recipient: MailingRecipient, **changes: Any) -> None:
    """The row is this worker's own: whoever is taken once is never taken again, also when `settle` gave them up."""
    MailingRecipient.objects.filter(pk=recipient.pk).update(**changes)


def settle(*, mailing_id: int, now: dt.datetime) -> bool:
    """Give up mails whose worker is gone, and close the mailing when nobody waits any more.

    :returns: whether it is closed.
    """
    with transaction.atomic():
        mailing = lock_record(Mailing, mailing_id)
        recipients = MailingRecipient.objects.filter(mailing=mailing)
        recipients.filter(status=RecipientStatus.SENDING, claimed_at__lt=now - LEASE).update(
            status=RecipientStatus.FAILED, reason=RecipientReason.INTERRUPTED
        )
        if mailing.status != MailingStatus.SENDING:
            return True
        if recipients.filter(status__in=WAITING_STATUSES).exists():
            return False
        MAILING_TRANSITIONS.require(mailing, MailingStatus.SENT)
        mailing.status, mailing.finished_at = MailingStatus.SENT, now
        mailing.version += 1
        mailing.save()
    return True


def continue_sending(*, mailing_id: int, now: dt.datetime) -> JobRun | None:
    """Queue the next batch of a mailing when somebody waits and no other run is at it."""
    with transaction.atomic():
        mailing = lock_record(Mailing, mailing_id)
        queued = MailingRecipient.objects.filter(mailing=mailing, status=RecipientStatus.QUEUED)[:BATCH].count()
        if mailing.status != MailingStatus.SENDING or not queued:
            return None
        return start_job(
            KIND, company_id=mailing.company_id, user=mailing.created_by, now=now,
            params={"mailing_id": mailing_id, "resource": "mailings", "action": "send"}, total=queued,
        )  # fmt: skip


def resume(*, mailing_id: int, now: dt.datetime) -> None:
    """Bring a mailing back to work whose last run died or could not reach the mail server."""
    with transaction.atomic():
        runs = JobRun.objects.filter(kind=KIND, params__mailing_id=mailing_id)
        if runs.filter(status__in=OPEN_STATUSES).exists() or runs.filter(finished_at__gt=now - RETRY_AFTER).exists():
            return
        if not settle(mailing_id=mailing_id, now=now):
            continue_sending(mailing_id=mailing_id, now=now)
