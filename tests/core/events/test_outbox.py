"""The outbox: written with the change, relayed after the commit, each handler once, whatever dies in between."""

import datetime as dt
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from config.celery import app
from core.events import outbox
from core.events.models import HandledEvent, OutboxEvent
from core.events.outbox import Event, kind_of, record, relay, subscribe, waiting_ids
from tests.factories.company import CompanyFactory


@dataclass(frozen=True, slots=True)
class ParcelArrived(Event):
    parcel_id: int


@pytest.fixture
def handled() -> Iterator[list[int]]:
    """What a handler of the event has seen; nobody else hears of it, before or after."""
    seen: list[int] = []

    def remember(event: ParcelArrived) -> None:
        seen.append(event.parcel_id)

    subscribe(ParcelArrived, remember)
    yield seen
    outbox._handlers.pop(kind_of(ParcelArrived))


def arrive(parcel_id: int = 7) -> OutboxEvent:
    with transaction.atomic():
        record(ParcelArrived(parcel_id), company_id=CompanyFactory().pk)
        return OutboxEvent.objects.get()


@pytest.mark.django_db
def test_an_event_outside_a_transaction_is_refused(handled, monkeypatch):
    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)
    with pytest.raises(RuntimeError, match="outside a transaction"):
        record(ParcelArrived(7), company_id=1)


@pytest.mark.django_db
def test_what_nobody_listens_to_is_not_written():
    record(ParcelArrived(7), company_id=CompanyFactory().pk)
    assert OutboxEvent.objects.count() == 0


@pytest.mark.django_db
def test_a_handler_runs_once_however_often_the_event_is_relayed(handled):
    event = arrive()
    assert [relay(event.pk, now=timezone.now()) for _ in range(3)] == [True, True, True]
    assert handled == [7]
    assert OutboxEvent.objects.get().attempts == 1


@pytest.mark.django_db
def test_a_failing_handler_is_tried_again_later_and_the_others_are_not(handled):
    broken = [True]

    def fragile(event: ParcelArrived) -> None:
        if broken:
            raise ValueError("the printer is away")

    subscribe(ParcelArrived, fragile)
    event, now = arrive(), timezone.now()
    assert relay(event.pk, now=now) is False
    event.refresh_from_db()
    assert event.last_error.endswith("fragile: the printer is away")
    assert (event.attempts, event.done_at, event.run_after) == (1, None, now + dt.timedelta(seconds=30))
    assert waiting_ids(now=now + dt.timedelta(seconds=29)) == []
    assert waiting_ids(now=now + dt.timedelta(seconds=30)) == [event.pk]
    broken.clear()
    assert relay(event.pk, now=now) is True
    assert handled == [7]
    assert HandledEvent.objects.count() == 2


@pytest.mark.django_db
def test_what_fails_eight_times_waits_for_a_person(handled):
    def hopeless(event: ParcelArrived) -> None:
        raise ValueError("never")

    subscribe(ParcelArrived, hopeless)
    event, now = arrive(), timezone.now()
    for _ in range(outbox.MAX_ATTEMPTS):
        relay(event.pk, now=now)
    event.refresh_from_db()
    assert event.failed_at == now
    assert waiting_ids(now=now + dt.timedelta(days=365)) == []


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_leaves_no_event(handled):
    with transaction.atomic():
        record(ParcelArrived(7), company_id=CompanyFactory().pk)
        transaction.set_rollback(True)
    with transaction.atomic():
        assert OutboxEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_hears_of_it_through_the_broker(handled):
    app.control.purge()
    heard = threading.Event()
    subscribe(ParcelArrived, lambda event: heard.set())
    arrive()
    with start_worker(app, perform_ping_check=False, pool="solo"):
        assert heard.wait(timeout=20)
    assert handled == [7]
    with transaction.atomic():
        assert OutboxEvent.objects.get().done_at is not None


def test_any_process_that_loads_the_settings_sends_its_hints_to_our_broker():
    script = "import django; django.setup(); from celery import current_app; print(current_app.conf.broker_url)"
    told = subprocess.run([sys.executable, "-c", script], env=os.environ, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == settings.REDIS_URL
