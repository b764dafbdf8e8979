"""Deals of the past enter as they ended."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.catalog.lines import LineData
from core.errors import InvalidInputError
from core.events.models import OutboxEvent
from crm.pipeline.consequences import deal_won
from crm.pipeline.imports import DealInput, import_deals
from crm.pipeline.models import Deal
from tests.factories.parties import PartyFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def given(stages, now, number=1, **changes):
    values = {
        "external_id": f"OPP-{number}",
        "title": f"Deal {number}",
        "stage_id": stages[1].pk,
        "opened_at": now,
        "moves": ((stages[0].pk, now), (stages[1].pk, now + 3 * DAY)),
        "amount": Decimal(500),
    }
    return DealInput(**(values | changes))


def test_a_won_deal_enters_as_won_with_its_log_and_sets_nothing_off(company, manager, now, stages, monkeypatch):
    monkeypatch.setattr(deal_won, "_functions", [lambda **given: pytest.fail("a consequence ran")])
    party = PartyFactory(company=company)
    won = given(stages, now, status="won", closed_at=now + 10 * DAY, party_id=party.pk)
    keys = import_deals(company_id=company.pk, user=manager, now=now, deals=[won])
    deal = Deal.objects.get(pk=keys["OPP-1"])
    assert (deal.status, deal.probability, deal.company_amount, deal.closed_at) == ("won", 100, 500, now + 10 * DAY)
    assert (deal.stage, deal.last_open_stage, deal.stage_since) == (stages[1], stages[1], now + 3 * DAY)
    log = [(e.from_stage, e.to_stage, e.status, e.at, e.seconds) for e in deal.stage_log.all()]
    assert log == [
        (None, stages[0], "open", now, 0),
        (stages[0], stages[1], "open", now + 3 * DAY, 3 * 86400),
        (stages[1], stages[1], "won", now + 10 * DAY, 7 * 86400),
    ]
    assert OutboxEvent.objects.count() == 0


def test_again_changes_nothing(company, manager, now, stages):
    deals = [given(stages, now, number) for number in range(5)]
    first = import_deals(company_id=company.pk, user=manager, now=now, deals=deals)
    again = import_deals(company_id=company.pk, user=manager, now=now, deals=[*deals, given(stages, now, 9)])
    assert {key: again[key] for key in first} == first
    assert Deal.objects.count() == 6


def test_lines_decide_the_amount(company, manager, now, stages):
    line = LineData(description="GTX Pro", quantity=Decimal(2), unit_price=Decimal("4821.55"))
    keys = import_deals(company_id=company.pk, user=manager, now=now, deals=[given(stages, now, lines=(line,))])
    deal = Deal.objects.get(pk=keys["OPP-1"])
    assert (deal.amount, deal.lines.get().net_amount) == (Decimal("9643.10"), Decimal("9643.10"))


def test_queries_do_not_grow_with_deals(company, manager, now, stages):
    def queries(numbers):
        with CaptureQueriesContext(connection) as captured:
            import_deals(
                company_id=company.pk, user=manager, now=now, deals=[given(stages, now, number) for number in numbers]
            )
        return len(captured)

    assert queries(range(2)) == queries(range(10, 60))


@pytest.mark.parametrize("changes", [{"status": "won"}, {"closed_at": dt.datetime(2026, 3, 20, tzinfo=dt.UTC)}])
def test_a_closed_deal_has_a_day_and_an_open_one_has_none(company, manager, now, stages, changes):
    with pytest.raises(InvalidInputError) as refusal:
        import_deals(
            company_id=company.pk, user=manager, now=now, deals=[given(stages, now), given(stages, now, 2, **changes)]
        )
    assert (refusal.value.field, Deal.objects.count()) == ("closed_at", 0)


def test_an_unknown_stage_is_refused(company, manager, now, stages):
    with pytest.raises(InvalidInputError) as refusal:
        import_deals(company_id=company.pk, user=manager, now=now, deals=[given(stages, now, stage_id=0)])
    assert refusal.value.field == "stage"
