"""Eight people win the same deal at the same moment: it is won once. Without the deal's lock it would be won eight
times."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.access.enums import Role
from core.company.tenancy import all_companies
from core.documents import records
from core.events import outbox
from core.events.models import OutboxEvent
from crm.pipeline import operations
from crm.pipeline.consequences import deal_won
from crm.pipeline.events import DealWon
from crm.pipeline.models import Deal
from crm.pipeline.operations import win_deal
from tests.factories.company import CompanyFactory, user_with
from tests.factories.parties import PartyFactory
from tests.factories.pipeline import DealFactory

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


@pytest.fixture
def consequences(monkeypatch):
    """Deals for which the consequence ran; the event has a listener."""
    seen: list[int] = []
    monkeypatch.setattr(deal_won, "_functions", [lambda *, deal, user, now: seen.append(deal.pk)])
    kind = outbox.kind_of(DealWon)
    monkeypatch.setitem(outbox._kinds, kind, DealWon)
    monkeypatch.setitem(outbox._handlers, kind, {"test": lambda event: None})
    monkeypatch.setattr("core.events.tasks.hint", lambda event_id: None)
    return seen


def won_by_many():
    """The deal's outcome after eight threads won it."""
    with all_companies(), transaction.atomic():
        company = CompanyFactory()
        user = user_with(Role.SALES_MANAGER, company)
        deal = DealFactory(company=company, party=PartyFactory(company=company, is_customer=True))
    start = Barrier(THREADS)

    def act(_number):
        try:
            with all_companies():
                start.wait()
                return win_deal(deal_id=deal.pk, user=user, now=timezone.now()).status
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        statuses = list(pool.map(act, range(THREADS)))
    with all_companies(), transaction.atomic():
        stored = Deal.objects.get(pk=deal.pk)
        log = stored.stage_log.filter(status="won").count()
        return statuses, stored.version, log, OutboxEvent.objects.filter(kind=outbox.kind_of(DealWon)).count()


def test_won_once(consequences):
    statuses, version, log, events = won_by_many()
    assert statuses == ["won"] * THREADS
    assert (version, log, events, len(consequences)) == (2, 1, 1, 1)


def test_without_the_lock_it_would_be_won_again(consequences, monkeypatch):
    def read_only(model, record_id, *, expected_version=None):
        record = model._default_manager.get(pk=record_id)
        together.wait()
        return record

    together = Barrier(THREADS)
    monkeypatch.setattr(operations, "lock_record", read_only)
    assert operations.lock_record is not records.lock_record
    _statuses, _version, log, events = won_by_many()
    assert (log, events, len(consequences)) == (THREADS, THREADS, THREADS)
