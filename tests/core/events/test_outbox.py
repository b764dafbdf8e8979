"""The outbox: written with the change, relayed after the commit, each handler once, whatever dies in between."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass

import pytest
from celery.contrib.testing.worker import start_worker
from celery.signals import task_postrun
from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone

from config.celery import app
from core.events import outbox, tasks
from core.events.models import HandledEvent, OutboxEvent
from core.events.outbox import Event, record, relay, retry, subscribe, waiting_ids
from core.events.tasks import sweep
from tests.factories.company import CompanyFactory


@dataclass(frozen=True, slots=True)
class ParcelArrived(Event):
    parcel_id: int


@pytest.fixture
def handled() -> list[int]:
    """What a handler of the event has seen; nobody else hears of it."""
    seen: list[int] = []

    def remember(event: ParcelArrived) -> None:
        seen.append(event.parcel_id)

    subscribe(ParcelArrived, remember)
    return seen


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


def relay_in_a_process_that_dies(event_id: int, now: dt.datetime) -> int:
    """Relay in a process of its own; the signal that ended it, 0 when it lived."""
    connections.close_all()  # a child must not share a connection
    child = os.fork()
    if not child:
        try:
            relay(event_id, now=now)
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_kills_its_process_is_given_up(handled):
    subscribe(ParcelArrived, lambda event: os.kill(os.getpid(), signal.SIGKILL))
    event, now = arrive(), timezone.now()
    for deaths in range(outbox.MOST_DEATHS):
        assert relay_in_a_process_that_dies(event.pk, now) == signal.SIGKILL
        with transaction.atomic():
            assert (OutboxEvent.objects.get().deaths, waiting_ids(now=now)) == (deaths, [])
        assert relay_in_a_process_that_dies(event.pk, now) == 0, "a hint that comes again at once finds it begun"
        now += outbox.BEGUN_PATIENCE
        with transaction.atomic():
            assert waiting_ids(now=now) == [event.pk]
    assert relay_in_a_process_that_dies(event.pk, now) == 0
    with transaction.atomic():
        event.refresh_from_db()
        assert (event.failed_at, event.deaths, event.attempts, event.began_at) == (now, 3, 3, None)
        assert event.last_error == "The worker died 3 times over it."
        assert waiting_ids(now=now + dt.timedelta(days=365)) == []
        retry(event.pk, now=now)
        event.refresh_from_db()
        assert (event.failed_at, event.deaths, event.attempts) == (None, 0, 0)


@pytest.mark.django_db
def test_what_was_given_up_is_not_taken_up_by_a_late_hint(handled):
    event, now = arrive(), timezone.now()
    OutboxEvent.objects.update(failed_at=now, attempts=8)
    assert relay(event.pk, now=now) is True
    assert handled == []


@pytest.mark.django_db
def test_one_sweep_takes_all_that_is_due_and_nothing_twice(handled, monkeypatch):
    company = CompanyFactory()
    with transaction.atomic():
        for parcel_id in range(7):
            record(ParcelArrived(parcel_id), company_id=company.pk)
    monkeypatch.setattr(tasks, "_due", lambda: waiting_ids(limit=3))
    assert sweep() == 7
    assert sorted(handled) == list(range(7))
    # What stays due, being in other hands, does not keep the sweeper busy.
    monkeypatch.setattr(tasks, "_due", lambda: [0])
    assert sweep() == 1


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
    heard, backends = threading.Semaphore(0), []

    def listen(event: ParcelArrived) -> None:
        backends.append(connection.connection.info.backend_pid)
        heard.release()

    subscribe(ParcelArrived, listen)
    with transaction.atomic():
        company = CompanyFactory()
        for parcel_id in (7, 8):
            record(ParcelArrived(parcel_id), company_id=company.pk)

    def close(**_: object) -> None:
        if len(backends) == 2:
            connections.close_all()  # of the worker's thread, which a worker's end would close

    task_postrun.connect(close)
    with start_worker(app, perform_ping_check=False, pool="solo"):
        assert heard.acquire(timeout=20)
        assert heard.acquire(timeout=20)
    assert handled == [7, 8]
    assert len(set(backends)) == 1, "a task does not connect anew"
    with transaction.atomic():
        assert OutboxEvent.objects.exclude(done_at=None).count() == 2


def test_any_process_that_loads_the_settings_sends_its_hints_to_our_broker():
    script = "import django; django.setup(); from celery import current_app; print(current_app.conf.broker_url)"
    told = subprocess.run([sys.executable, "-c", script], env=os.environ, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == settings.REDIS_URL
