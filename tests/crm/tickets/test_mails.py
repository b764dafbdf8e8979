"""Answers leave by mail after the commit; a mail server that is away costs time, never the answer."""

import datetime as dt

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from core.errors import InvalidInputError
from core.events.models import OutboxEvent
from core.events.outbox import relay
from crm.tickets.models import AnswerMail
from crm.tickets.operations import (
    add_ticket_note,
    answer_ticket,
    send_answer_mail,
    send_waiting_mails,
    try_answer_mail_again,
)
from crm.tickets.operations.mails import MOST_ATTEMPTS
from tests.factories.parties import ContactPointFactory
from tests.factories.tickets import AnswerMailFactory

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


class AwayBackend(EmailBackend):
    """A mail server that cannot be reached."""

    def send_messages(self, messages):
        raise ConnectionRefusedError("nobody listens")


@pytest.fixture
def away(settings):
    settings.EMAIL_BACKEND = f"{__name__}.{AwayBackend.__name__}"


def answered(ticket, agent, now, **values):
    answer_ticket(ticket_id=ticket.pk, user=agent, now=now, text="Try <another> bulb.", **values)
    return AnswerMail.objects.filter(message__ticket=ticket).first()


def relay_all(now):
    for event in OutboxEvent.objects.filter(done_at=None).order_by("pk"):
        relay(event.pk, now=now)


def test_an_answer_is_mailed_once_to_the_contact(ticket, agent, company, now, settings):
    settings.DEFAULT_FROM_EMAIL = "desk@onebook.example"
    company.name, company.email = "Lumen, Oak & Co", "support@lumen.example"
    company.save()
    queued = answered(ticket, agent, now)
    assert (queued.status, queued.address, mail.outbox) == ("waiting", "ada@nordlicht.example", [])
    for _time in range(2):
        relay_all(now)
        send_answer_mail(mail_id=queued.pk, now=now)
    (message,) = mail.outbox
    assert (message.to, message.reply_to) == (["ada@nordlicht.example"], ["support@lumen.example"])
    assert message.from_email == '"Lumen, Oak & Co" <desk@onebook.example>'
    assert message.subject == "[T-2026-00001] The lamp flickers"
    assert message.body.startswith(
        "Try <another> bulb.\n\n-- \nOona Example\nLumen, Oak & Co\nYour request T-2026-00001."
    )
    assert message.extra_headers["Message-ID"] == f"<answer-{queued.message_id}.acme@onebook.example>"
    queued.refresh_from_db()
    assert (queued.status, queued.attempts, queued.error) == ("sent", 1, "")
    assert queued.sent_at is not None


def test_it_speaks_the_customers_language(ticket, agent, customer, now):
    customer.language = "zh-hans"
    customer.save()
    send_answer_mail(mail_id=answered(ticket, agent, now).pk, now=now)
    assert "Oona Example" in mail.outbox[0].body


def test_the_customers_own_address_where_the_contact_has_none(ticket, agent, customer, contact, now):
    contact.contact_points.all().delete()
    ContactPointFactory(party=customer, value="second@nordlicht.example")
    ContactPointFactory(party=customer, value="desk@nordlicht.example", is_primary=True)
    assert answered(ticket, agent, now).address == "desk@nordlicht.example"


def test_without_an_address_or_without_the_wish_there_is_no_mail(ticket, agent, contact, now):
    assert answered(ticket, agent, now, mail=False) is None
    contact.contact_points.all().delete()
    assert answered(ticket, agent, now) is None


def test_a_server_that_is_away_is_tried_again_later(ticket, agent, now, away, settings):
    queued = answered(ticket, agent, now)
    assert send_answer_mail(mail_id=queued.pk, now=now).error == "nobody listens"
    queued.refresh_from_db()
    assert (queued.status, queued.attempts, queued.next_try_at) == ("waiting", 1, now + MINUTE)
    assert ticket.messages.get().text == "Try <another> bulb."
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert [send_waiting_mails(now=now), send_waiting_mails(now=now + MINUTE)] == [0, 1]
    queued.refresh_from_db()
    assert (queued.status, queued.attempts, len(mail.outbox)) == ("sent", 2, 1)


def test_given_up_after_eight_attempts_and_sent_anew_by_hand(ticket, agent, now, away, settings):
    queued = answered(ticket, agent, now)
    for _attempt in range(MOST_ATTEMPTS + 1):
        send_answer_mail(mail_id=queued.pk, now=now)
    queued.refresh_from_db()
    assert (queued.status, queued.attempts) == ("failed", 8)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_waiting_mails(now=now + dt.timedelta(days=1)) == 0
    for _time in range(2):
        try_answer_mail_again(ticket_message_id=queued.message_id, user=agent, now=now)
        relay_all(now)
    queued.refresh_from_db()
    assert (queued.status, queued.attempts, len(mail.outbox)) == ("sent", 1, 1)


def test_a_subject_of_several_lines_breaks_no_header(ticket, agent, now):
    ticket.subject = "Lamp\nBcc: everybody@mail.example"
    ticket.save()
    send_answer_mail(mail_id=answered(ticket, agent, now).pk, now=now)
    assert mail.outbox[0].message()["Subject"] == "[T-2026-00001] Lamp Bcc: everybody@mail.example"


def test_mails_of_every_company_go_out(now):
    for _company in range(2):
        AnswerMailFactory(next_try_at=now)
    assert (send_waiting_mails(now=now), len(mail.outbox)) == (2, 2)


def test_what_is_no_mail_is_not_sent_again(ticket, agent, now):
    add_ticket_note(ticket_id=ticket.pk, user=agent, now=now, text="Ask Bo")
    with pytest.raises(InvalidInputError):
        try_answer_mail_again(ticket_message_id=ticket.messages.get().pk, user=agent, now=now)
