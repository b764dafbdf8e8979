"""The long forms of the reliability tests, run by `make soak`. Each ends by itself and prints what it measured; the
figures of the last full run stand in docs/quality.md."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, connections, transaction
from django.utils import timezone

from core.company.tenancy import all_companies
from core.documents.models import FrozenPaper, PrintedPaper
from core.documents.papers import PaperFrozen, print_paper
from core.embedded import programs
from core.embedded.state import open_state
from core.embedded.supervisor import Supervisor
from core.embedded.valkey import ValkeyServer
from core.events.models import HandledEvent, OutboxEvent
from core.events.outbox import record, relay
from core.jobs.tasks import tick
from erp.inventory.errors import InsufficientStockError
from erp.ledger.models import JournalEntry
from erp.ledger.queries import balance_differences, verify_chain
from integration.demo.seeding import Plan, seed_demo
from tests.factories.inventory import company_with_stock, issue, receive, stocked_item
from tests.factories.ledger import company_with_ledger, posted
from tests.scenarios.invariants import assert_all

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True)]

POSTERS, POSTING_SECONDS, ROLLED_BACK, KILL_EVERY = 32, 60.0, 0.10, 0.4
CLIENTS, UNITS, TRIES_EACH = 32, 500, 40
EVENTS, BROKER_KILLS = 5000, 10
RECOVERY_SECONDS = 600.0


class ChangedMindError(Exception):
    """What takes a posting back after its number was drawn."""


def together(work: Callable[[int], Any], threads: int) -> list[Any]:
    """Run `work(n)` in threads that start at once; their answers, or the first of what they raised."""
    barrier, answers, raised = threading.Barrier(threads), [], []

    def run(n: int) -> None:
        try:
            with all_companies():
                barrier.wait()
                answers.append(work(n))
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    started = [threading.Thread(target=run, args=(n,)) for n in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    if raised:
        raise raised[0]
    return answers


def post_until(company: Any, n: int, deadline: float) -> list[int]:
    """Post entries; the numbers of those whose commit was acknowledged."""
    chance, acknowledged = random.Random(n), []  # noqa: S311  (no secret)
    while time.monotonic() < deadline:
        try:
            with transaction.atomic():
                sequence = posted(company).sequence
                if chance.random() < ROLLED_BACK:
                    raise ChangedMindError
            acknowledged.append(sequence)
        except ChangedMindError:
            continue
        except (DatabaseError, InterfaceError):
            connections.close_all()  # our backend was ended; the next one goes on
    return acknowledged


def end_backends(deadline: float) -> int:
    """End a random backend of ours again and again; returns how many."""
    ended = 0
    while time.monotonic() < deadline:
        time.sleep(KILL_EVERY)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user"
                " AND datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
            )
            ended += len(cursor.fetchall())
    return ended


def test_numbers_stay_gapless_while_backends_die() -> None:
    with transaction.atomic():
        company = company_with_ledger()
    # Only the posters' backends may be ended, not the one that looks at the result.
    connections.close_all()
    deadline = time.monotonic() + POSTING_SECONDS
    answers = together(
        lambda n: end_backends(deadline) if n == POSTERS else post_until(company, n, deadline), POSTERS + 1
    )
    ended = next(answer for answer in answers if isinstance(answer, int))
    acknowledged = sorted(number for answer in answers if isinstance(answer, list) for number in answer)
    with transaction.atomic():
        entries = JournalEntry.objects.filter(company=company).order_by("sequence")
        sequences = list(entries.values_list("sequence", flat=True))
        assert sequences == list(range(1, len(sequences) + 1))
        assert set(acknowledged) - set(sequences) == set()
        assert len(acknowledged) == len(set(acknowledged))
        first = entries[0]
        assert verify_chain(journal_id=first.journal_id, year=first.year).is_whole
        assert balance_differences(company_id=company.pk) == []
    rate = len(sequences) / POSTING_SECONDS
    print(f"\n{POSTERS} posters, {ended} backends ended: {len(sequences)} entries, 0 gaps, 0 doubles, {rate:.0f}/s")


def take_one(item: Any) -> bool:
    try:
        with transaction.atomic():
            issue(item, 1)
    except InsufficientStockError:
        return False
    return True


def test_the_last_units_are_sold_once() -> None:
    with transaction.atomic():
        item = stocked_item(company_with_stock())
        receive(item, UNITS, "8.00")
    started = time.monotonic()
    answers = together(lambda n: [take_one(item) for _ in range(TRIES_EACH)], CLIENTS)
    sold = sum(sum(answer) for answer in answers)
    assert sold == UNITS
    with transaction.atomic():
        assert_all(item.company)
    took = time.monotonic() - started
    print(f"\n{CLIENTS} clients, {CLIENTS * TRIES_EACH} tries: {sold} of {UNITS} units sold in {took:.0f} s")


def test_events_delivered_three_times_and_backwards_act_once(tmp_path: Path) -> None:
    today = timezone.localdate()
    plan = Plan(seed=1, scale=Decimal("0.2"), months=2, today=today)
    company = seed_demo(code="demo", plan=plan, logins=tmp_path / "logins.txt").company
    with transaction.atomic():
        waiting = list(OutboxEvent.objects.filter(company=company).order_by("-pk").values_list("pk", flat=True))
    for _time in range(3):
        for event_id in waiting:
            assert relay(event_id, now=timezone.now())
    with transaction.atomic():
        handled = HandledEvent.objects.filter(company=company)
        papers = FrozenPaper.objects.filter(company=company)
        assert handled.count() == len(waiting) == OutboxEvent.objects.filter(company=company, attempts=1).count()
        assert papers.count() == PrintedPaper.objects.filter(company=company).count() > 0
        assert_all(company)
        print(f"\n{len(waiting)} events × 3 in reversed order: each handled once, {papers.count()} papers")


@pytest.fixture
def broker() -> ValkeyServer:
    """The embedded broker of this run."""
    if "ONEBOOK_STATE" in os.environ:
        server = ValkeyServer(state=open_state(Path(os.environ["ONEBOOK_STATE"])))
        if server.running_pid() is not None:
            return server
    pytest.skip("needs the embedded broker: REDIS_URL names a server that this test must not kill")


@pytest.fixture
def worker(broker: ValkeyServer) -> Iterator[list[str]]:
    """A real worker over the test database and the broker of this run, watched over as `make run` does; Celery now and
    then ends when its broker is killed at a bad moment. Gives what the supervisor had to say."""
    parts = urlsplit(settings.DATABASE_URL)
    database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    environment = {**os.environ, "DATABASE_URL": database, "DATABASE_OWNER_URL": database}
    said: list[str] = []
    _web, service, _beat = programs.application(broker.state, {**environment, "ONEBOOK_BIND": ""}, None)
    supervisor = Supervisor(say=said.append)
    supervisor.start(service)
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    try:
        yield said
    finally:
        supervisor.request_stop()
        watching.join()
        supervisor.stop()


def kill_broker(server: ValkeyServer) -> None:
    pid = server.running_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert server.start() is True


def test_a_broker_that_dies_ten_times_loses_no_event(broker: ValkeyServer, worker: list[str]) -> None:
    with transaction.atomic():
        company = company_with_ledger()
        paper = FrozenPaper.objects.create(
            company=company, template="pdf/base.html", language="en", data={}, record_label="test.paper", record_id=1
        )
        PrintedPaper.objects.create(company=company, paper=paper, content=b"%PDF", sha256="0" * 64)
        assert print_paper(paper_id=paper.pk).paper_id == paper.pk
    batch = EVENTS // (BROKER_KILLS * 10)
    for number in range(BROKER_KILLS * 10):
        with transaction.atomic():
            for _ in range(batch):
                record(PaperFrozen(paper_id=paper.pk), company_id=company.pk)
        if number % 10 == 5:
            kill_broker(broker)
    started = next_tick = time.monotonic()
    done = 0
    while done < EVENTS and time.monotonic() - started < RECOVERY_SECONDS:
        if time.monotonic() >= next_tick:
            tick.apply_async(ignore_result=True)  # as beat does
            next_tick += 15
        time.sleep(0.5)
        with transaction.atomic():
            done = OutboxEvent.objects.filter(company=company).exclude(done_at=None).count()
    with transaction.atomic():
        assert (done, HandledEvent.objects.filter(company=company).count()) == (EVENTS, EVENTS)
        assert not OutboxEvent.objects.exclude(deaths=0).exists()
    took = time.monotonic() - started
    print(f"\n{BROKER_KILLS} kills of the broker during {EVENTS} events: 0 lost, all done {took:.0f} s after the last")
    print(f"the worker was started again {len(worker)} times")
