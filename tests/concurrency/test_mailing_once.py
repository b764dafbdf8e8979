"""Four workers send one mailing at the same time: everybody gets it once. Without the rows' locks they would not."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.company.tenancy import all_companies
from crm.campaigns.models import Mailing, MailingRecipient, Suppression, Touch
from crm.campaigns.operations import unsubscribe_recipient
from crm.campaigns.sending import send_batch, settle
from tests.factories.campaigns import MailingFactory, MailingRecipientFactory

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS, PEOPLE = 4, 24


@pytest.fixture(autouse=True)
def public_address(settings):
    settings.PUBLIC_URL = "https://books.example"


def together(act):
    """What each of the workers answers, all beginning at once."""
    start = Barrier(WORKERS)

    def one(_number):
        try:
            with all_companies():
                start.wait()
                return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, range(WORKERS)))


@pytest.fixture
def mailing():
    with all_companies(), transaction.atomic():
        made = MailingFactory(status="sending", released_at=timezone.now())
        for _number in range(PEOPLE):
            MailingRecipientFactory(company=made.company, mailing=made)
    return made


def test_everybody_gets_it_once(mailing):
    done = together(lambda: send_batch(mailing_id=mailing.pk, connection=EmailBackend()))
    assert sum(done) == PEOPLE
    with all_companies(), transaction.atomic():
        assert settle(mailing_id=mailing.pk, now=timezone.now())
        expected = sorted(MailingRecipient.objects.values_list("email", flat=True))
        assert Mailing.objects.get().status == "sent"
        assert Touch.objects.count() == PEOPLE
    assert sorted(message.to[0] for message in mail.outbox) == expected


def test_without_the_locks_somebody_would_get_it_twice(mailing, monkeypatch):
    at_once = Barrier(WORKERS)
    first = QuerySet.first

    def unlocked(queryset, *args, **kwargs):
        return queryset

    def read_together(queryset):
        found = first(queryset)
        if queryset.model is MailingRecipient and not at_once.broken:
            try:
                at_once.wait(timeout=5)
            except Exception:
                return found
            at_once.abort()
        return found

    monkeypatch.setattr(QuerySet, "select_for_update", unlocked)
    monkeypatch.setattr(QuerySet, "first", read_together)
    monkeypatch.setattr("crm.campaigns.sending._succeed", lambda recipient, now: None)
    together(lambda: send_batch(mailing_id=mailing.pk, connection=EmailBackend(), limit=1))
    assert len(mail.outbox) == WORKERS
    assert len({message.to[0] for message in mail.outbox}) < WORKERS


def test_four_clicks_unsubscribe_once(mailing):
    with all_companies(), transaction.atomic():
        key = MailingRecipient.objects.values_list("pk", flat=True)[0]
    together(lambda: unsubscribe_recipient(recipient_id=key, now=timezone.now()).pk)
    with all_companies(), transaction.atomic():
        assert (Suppression.objects.count(), Touch.objects.filter(kind="unsubscribed").count()) == (1, 1)
