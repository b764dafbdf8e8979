"""From the button to the mail server: recipients frozen once, each mailed at most once, whatever happens on the way."""

import datetime as dt
import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import InvalidInputError, WrongStateError
from core.events.models import OutboxEvent
from core.events.outbox import relay
from core.jobs.models import JobRun
from core.jobs.operations import execute_job
from crm.campaigns import sending
from crm.campaigns.errors import (
    CampaignNotRunningError,
    MailingReleasedError,
    NobodyToMailError,
    NoPublicAddressError,
    UnknownMergeFieldError,
)
from crm.campaigns.handlers import keep_mailings_going
from crm.campaigns.links import public_address
from crm.campaigns.models import Mailing, Suppression, Touch
from crm.campaigns.operations import (
    ask_for_test_mail,
    cancel_mailing,
    create_mailing,
    schedule_mailing,
    send_mailing,
    unsubscribe_recipient,
    update_mailing,
)
from crm.campaigns.sending import MailServerError, claim, send_batch, settle, waiting_ids
from crm.contacts.operations import record_consent
from tests.crm.conftest import NOW
from tests.factories.company import CompanyFactory
from tests.factories.leads import LeadFactory

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def rows(mailing):
    return list(mailing.recipients.order_by("pk").values_list("email", "status", "reason"))


def send(mailing):
    return send_mailing(mailing_id=mailing.pk, user=None, now=NOW)


def take_next(mailing):
    mailing.refresh_from_db()
    (key,) = waiting_ids(mailing_id=mailing.pk, after_id=0, limit=1)
    return claim(mailing=mailing, recipient_id=key, now=NOW)


def run_jobs():
    """What relay and worker do, without a broker between them."""
    for event in OutboxEvent.objects.filter(done_at=None).order_by("pk"):
        assert relay(event.pk, now=timezone.now())
    while (run := JobRun.objects.filter(status="queued").order_by("pk").first()) is not None:
        execute_job(run.pk, now=timezone.now())


class Refusing(EmailBackend):
    """A server that refuses some addresses, or hangs up on them."""

    answers: dict[str, Exception] = {}

    def send_messages(self, messages):
        for message in messages:
            if answer := self.answers.get(message.to[0]):
                raise answer
        return super().send_messages(messages)


class Unreachable(BaseEmailBackend):
    def open(self):
        raise ConnectionRefusedError("nobody listens")


class TestSending:
    def test_recipients_are_frozen_with_the_reason_and_one_event(self, mailing, reader):
        reader("a@a.example")
        reader("b@a.example", consent="withdrawn")
        reader("")
        sent = send(mailing)
        assert (sent.status, sent.released_at, sent.ground, sent.version) == ("sending", NOW, "consent", 2)
        assert rows(mailing) == [
            ("a@a.example", "queued", ""),
            ("b@a.example", "skipped", "unsubscribed"),
            ("", "skipped", "no_address"),
        ]
        assert OutboxEvent.objects.filter(kind="crm.campaigns.MailingReleased").count() == 1

    def test_sent_twice_is_sent_once(self, mailing, reader):
        reader("a@a.example")
        send(mailing)
        reader("late@a.example")
        assert send(mailing).version == 2
        assert rows(mailing) == [("a@a.example", "queued", "")]
        assert OutboxEvent.objects.filter(kind="crm.campaigns.MailingReleased").count() == 1

    def test_freezing_takes_one_statement_whatever_the_number(self, mailing, reader):
        for number in range(5):
            reader(f"{number}@a.example")
        with CaptureQueriesContext(connection) as captured:
            send(mailing)
        inserts = [q for q in captured.captured_queries if "INTO campaigns_mailingrecipient" in q["sql"]]
        assert len(inserts) == 1

    def test_the_mail_goes_out_by_event_and_job(self, mailing, reader, company, outbox):
        company.email, company.legal_name = "office@lumen.example", "Lumen Trading Ltd"
        company.save()
        mailing.subject, mailing.body = "News for {first_name|you}", "Hi {first_name|there},\n\n**now** {company}."
        mailing.save()
        house = reader("", consent="", name="Nordlicht")
        ada = reader("ada@a.example", name="Ada Holm", kind="person", parent=house)
        send(mailing)
        run_jobs()
        (message,) = outbox
        recipient = mailing.recipients.get(party=ada)
        mailing.refresh_from_db()
        link = message.extra_headers["List-Unsubscribe"].strip("<>")
        assert (mailing.status, recipient.status, mailing.finished_at is None) == ("sent", "sent", False)
        assert (message.to, message.subject, message.reply_to) == (
            ["ada@a.example"], "News for Ada", ["office@lumen.example"],
        )  # fmt: skip
        assert message.from_email == f"{company.name} <onebook@localhost>"
        assert link.startswith("https://books.example/unsubscribe/")
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message.body.startswith(f"Hi Ada,\n\nnow {company.name}.")
        assert link in message.body
        ((content, kind),) = message.alternatives
        assert kind == "text/html"
        assert f"<p><strong>now</strong> {company.name}.</p>" in content
        assert f'<a href="{link}">' in content
        assert "Lumen Trading Ltd" in content
        assert list(Touch.objects.values_list("kind", "party", "campaign", "recipient")) == [
            ("mailed", ada.pk, mailing.campaign_id, recipient.pk)
        ]

    def test_the_footer_speaks_the_readers_language(self, mailing, reader, outbox):
        reader("a@a.example", language="zh-hans")
        send(mailing)
        run_jobs()
        assert '<html lang="zh-hans">' in outbox[0].alternatives[0][0]

    def test_a_lead_is_mailed_too(self, mailing, company, outbox):
        mailing.segment.audience = "leads"
        mailing.segment.save()
        lead = LeadFactory(company=company, consented_at=NOW, name="Bo Lind", email="bo@b.example")
        send(mailing)
        run_jobs()
        assert [message.body.splitlines()[0] for message in outbox] == ["Hello Bo,"]
        assert Touch.objects.get().lead == lead

    def test_a_long_mailing_takes_several_runs(self, mailing, reader, outbox, monkeypatch):
        monkeypatch.setattr(sending, "BATCH", 2)
        monkeypatch.setattr(sending.send_batch, "__kwdefaults__", sending.send_batch.__kwdefaults__ | {"limit": 2})
        for number in range(5):
            reader(f"{number}@a.example")
        send(mailing)
        run_jobs()
        assert sorted(message.to[0] for message in outbox) == [f"{number}@a.example" for number in range(5)]
        assert list(JobRun.objects.order_by("pk").values_list("done", "total", "status")) == [
            (2, 2, "done"), (2, 2, "done"), (1, 1, "done"),
        ]  # fmt: skip


class TestRefusals:
    def test_a_campaign_must_run(self, mailing, reader):
        reader("a@a.example")
        for status in ("draft", "finished", "cancelled"):
            mailing.campaign.status = status
            mailing.campaign.save()
            with pytest.raises(CampaignNotRunningError):
                send(mailing)
        assert rows(mailing) == []

    def test_nobody_to_mail_freezes_nothing(self, mailing, reader):
        reader("a@a.example", consent="")
        with pytest.raises(NobodyToMailError):
            send(mailing)
        assert rows(mailing) == []
        assert Mailing.objects.get().status == "draft"

    def test_without_a_public_address_nothing_is_sent_except_in_a_demo(
        self, mailing, marketer, reader, settings, company
    ):
        settings.PUBLIC_URL = ""
        reader("a@a.example")
        for act in (send_mailing, ask_for_test_mail):
            with pytest.raises(NoPublicAddressError, match="ONEBOOK_PUBLIC_URL"):
                act(mailing_id=mailing.pk, user=marketer, now=NOW)
        with pytest.raises(NoPublicAddressError):
            public_address(company)
        assert public_address(CompanyFactory(is_demo=True)) == f"http://{settings.BIND}"

    def test_a_released_text_stands(self, mailing, reader):
        reader("a@a.example")
        send(mailing)
        with pytest.raises(MailingReleasedError):
            update_mailing(mailing_id=mailing.pk, user=None, now=NOW, subject="Other")
        with pytest.raises(WrongStateError):
            schedule_mailing(mailing_id=mailing.pk, user=None, now=NOW, scheduled_at=NOW + MINUTE)

    def test_a_text_with_an_unknown_field_is_not_kept(self, mailing, company):
        values = {"campaign_id": mailing.campaign_id, "segment_id": mailing.segment_id, "body": "Hi"}
        with pytest.raises(UnknownMergeFieldError):
            create_mailing(company_id=company.pk, user=None, now=NOW, subject="To {nobody}", **values)
        with pytest.raises(UnknownMergeFieldError):
            update_mailing(mailing_id=mailing.pk, user=None, now=NOW, body="{x}")
        assert Mailing.objects.count() == 1


class TestOnTheWay:
    def test_cancelling_stops_the_rest(self, mailing, reader, outbox):
        for number in range(3):
            reader(f"{number}@a.example")
        send(mailing)
        assert send_batch(mailing_id=mailing.pk, limit=1) == 1
        held = take_next(mailing)
        cancelled = cancel_mailing(mailing_id=mailing.pk, user=None, now=NOW)
        assert (cancelled.status, cancelled.finished_at) == ("cancelled", NOW)
        assert cancel_mailing(mailing_id=mailing.pk, user=None, now=NOW).version == cancelled.version
        assert send_batch(mailing_id=mailing.pk) == 0
        assert [message.to[0] for message in outbox] == ["0@a.example"]
        assert rows(mailing) == [
            ("0@a.example", "sent", ""), (held.email, "sending", ""), ("2@a.example", "skipped", "cancelled"),
        ]  # fmt: skip
        run_jobs()
        assert Mailing.objects.get().status == "cancelled"

    def test_who_unsubscribes_meanwhile_gets_nothing(self, mailing, reader, outbox):
        first, second, third = (reader(f"{number}@a.example") for number in range(3))
        send(mailing)
        unsubscribe_recipient(recipient_id=mailing.recipients.get(party=second).pk, now=NOW + MINUTE)
        record_consent(
            party_id=third.pk, company_id=mailing.company_id, channel="email", act="withdrawn",
            evidence="Call", now=NOW + MINUTE,
        )  # fmt: skip
        run_jobs()
        assert [message.to[0] for message in outbox] == [first.contact_points.get().value]
        assert [row[1:] for row in rows(mailing)] == [
            ("sent", ""), ("skipped", "unsubscribed"), ("skipped", "unsubscribed"),
        ]  # fmt: skip
        assert Mailing.objects.get().status == "sent"

    def test_after_a_crash_the_lost_mail_is_given_up_and_the_rest_goes_out(self, mailing, reader, outbox):
        for number in range(2):
            reader(f"{number}@a.example")
        send(mailing)
        lost = take_next(mailing)  # and the worker dies here
        assert send_batch(mailing_id=mailing.pk) == 1
        assert settle(mailing_id=mailing.pk, now=NOW + MINUTE) is False
        keep_mailings_going(NOW + 20 * MINUTE)
        assert [message.to[0] for message in outbox] == ["1@a.example"]
        assert rows(mailing) == [(lost.email, "failed", "interrupted"), ("1@a.example", "sent", "")]
        assert Mailing.objects.get().status == "sent"

    def test_a_mailing_whose_job_died_is_taken_up_again(self, mailing, reader, outbox):
        reader("a@a.example")
        send(mailing)
        OutboxEvent.objects.all().delete()
        keep_mailings_going(NOW + MINUTE)
        keep_mailings_going(NOW + 2 * MINUTE)
        assert JobRun.objects.filter(kind=sending.KIND).count() == 1
        run_jobs()
        assert [message.to for message in outbox] == [["a@a.example"]]

    def test_what_the_mail_server_says_is_written_down(self, mailing, reader, monkeypatch):
        refused = smtplib.SMTPRecipientsRefused
        answers = {
            "0@a.example": refused({"0@a.example": (550, b"no such user")}),
            "1@a.example": refused({"1@a.example": (451, b"try later")}),
            "2@a.example": smtplib.SMTPDataError(554, b"smells of spam"),
            "3@a.example": smtplib.SMTPServerDisconnected("gone"),
            "4@a.example": TimeoutError("timed out"),
        }
        monkeypatch.setattr(Refusing, "answers", answers)
        for number in range(6):
            reader(f"{number}@a.example")
        send(mailing)
        send_batch(mailing_id=mailing.pk, connection=Refusing())
        told = mailing.recipients.order_by("pk").values_list("status", "reason", "detail")
        assert list(told) == [
            ("failed", "bounced", "550 no such user"),
            ("failed", "refused", "451 try later"),
            ("failed", "refused", "554 smells of spam"),
            ("failed", "interrupted", "gone"),
            ("failed", "interrupted", "timed out"),
            ("sent", "", ""),
        ]
        assert [(stop.reason, stop.recipient.email) for stop in Suppression.objects.all()] == [
            ("bounced", "0@a.example")
        ]

    def test_an_unreachable_server_loses_nobody(self, mailing, reader):
        reader("a@a.example")
        send(mailing)
        with pytest.raises(MailServerError):
            send_batch(mailing_id=mailing.pk, connection=Unreachable())
        assert rows(mailing) == [("a@a.example", "queued", "")]


class TestScheduling:
    def test_sent_when_it_is_due_to_whoever_is_there_then(self, mailing, reader, outbox):
        at = NOW + 60 * MINUTE
        schedule_mailing(mailing_id=mailing.pk, user=None, now=NOW, scheduled_at=at)
        reader("late@a.example", at=NOW + MINUTE)
        keep_mailings_going(at - MINUTE)
        assert Mailing.objects.get().status == "scheduled"
        keep_mailings_going(at)
        run_jobs()
        assert [message.to for message in outbox] == [["late@a.example"]]
        assert Mailing.objects.get().status == "sent"

    def test_the_past_is_refused(self, mailing):
        with pytest.raises(InvalidInputError, match="past"):
            schedule_mailing(mailing_id=mailing.pk, user=None, now=NOW, scheduled_at=NOW)

    def test_what_cannot_be_sent_goes_back_to_draft(self, mailing):
        schedule_mailing(mailing_id=mailing.pk, user=None, now=NOW, scheduled_at=NOW + MINUTE)
        keep_mailings_going(NOW + MINUTE)
        assert (Mailing.objects.get().status, Mailing.objects.get().scheduled_at) == ("draft", None)


def test_a_test_mail_goes_to_oneself_and_changes_nothing(mailing, marketer, reader, outbox):
    reader("ada@a.example", name="Ada Holm", kind="person")
    ask_for_test_mail(mailing_id=mailing.pk, user=marketer, now=NOW)
    run_jobs()
    assert [(message.to, message.subject) for message in outbox] == [
        (["dario@onebook.example"], f"Test: {mailing.subject}")
    ]
    assert outbox[0].body.startswith("Hello Ada,")
    assert (rows(mailing), Touch.objects.count(), Mailing.objects.get().version) == ([], 0, 1)


def test_the_outbox_of_tests_is_empty_between_tests():
    assert mail.outbox == []
