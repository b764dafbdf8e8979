"""Deals from opening to winning or losing."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core.access.enums import Role
from core.catalog.models import Item
from core.company.queries import NoRateError
from core.documents.references import RecordRef
from core.errors import ConflictError, InvalidInputError, WrongStateError
from core.events import outbox
from core.events.models import OutboxEvent
from core.search.queries import find
from crm.pipeline.consequences import deal_won
from crm.pipeline.enums import DealStatus
from crm.pipeline.events import DealLost, DealMoved, DealWon
from crm.pipeline.models import CloseReason, Deal
from crm.pipeline.operations import (
    NoCustomerError,
    ReasonMissingError,
    assign_deal,
    create_deal,
    lose_deal,
    move_deal_to_stage,
    pin_probability,
    release_probability,
    reopen_deal,
    update_deal,
    win_deal,
)
from tests.crm.conftest import NOW
from tests.factories.catalog import ItemFactory
from tests.factories.company import CurrencyRateFactory, currency, user_with
from tests.factories.parties import PartyFactory
from tests.factories.pipeline import DealFactory, StageFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def events(monkeypatch):
    """Kinds of the events that were written; everything about deals has a listener here."""
    for event in (DealWon, DealLost, DealMoved):
        monkeypatch.setitem(outbox._kinds, outbox.kind_of(event), event)
        monkeypatch.setitem(outbox._handlers, outbox.kind_of(event), {"test": lambda event: None})
    return lambda: list(OutboxEvent.objects.order_by("id").values_list("kind", "payload"))


@pytest.fixture
def deal(company, manager, now, stages):
    party = PartyFactory(company=company, is_customer=False, is_prospect=True)
    return create_deal(
        company_id=company.pk, user=manager, now=now, title="Twenty chairs", party_id=party.pk, amount=Decimal(950)
    )


def log_of(deal):
    return [
        (entry.from_stage, entry.to_stage, entry.status, entry.seconds, entry.amount, entry.probability)
        for entry in deal.stage_log.order_by("id")
    ]


def lost_reason(company):
    return CloseReason.objects.filter(company=company, kind="lost").first()


class TestCreate:
    def test_opens_in_the_first_stage_with_its_probability(self, deal, manager, now, stages):
        assert (deal.stage, deal.status, deal.probability, deal.owner) == (stages[0], "open", Decimal(10), manager)
        assert (deal.opened_at, deal.stage_since) == (now, now)
        assert log_of(deal) == [(None, stages[0], "open", 0, Decimal(950), Decimal(10))]

    def test_lines_decide_the_amount(self, company, manager, now, stages):
        item: Item = ItemFactory(company=company, name="Chair")
        lines = [
            {"item_id": item.pk, "quantity": Decimal(12), "unit_price": Decimal("19.00")},
            {"description": "Delivery", "unit_price": Decimal("57.00")},
        ]
        deal = create_deal(company_id=company.pk, user=manager, now=now, title="Chairs", amount=Decimal(1), lines=lines)
        assert deal.amount == deal.company_amount == Decimal("285.00")
        rows = [(line.position, line.description, line.net_amount) for line in deal.lines.all()]
        assert rows == [(1, "Chair", Decimal("228.0000")), (2, "Delivery", Decimal("57.0000"))]

    def test_amounts_in_another_currency_add_up_in_ours(self, company, manager, now, stages):
        dollar = currency("USD")
        CurrencyRateFactory(company=company, currency=dollar, date=now.date() - DAY, rate=Decimal("0.90"))
        deal = create_deal(
            company_id=company.pk, user=manager, now=now, title="Abroad", amount=Decimal("100.05"), currency_id="USD"
        )
        assert (deal.amount, deal.company_amount) == (Decimal("100.05"), Decimal("90.05"))

    def test_a_currency_without_a_rate_is_refused(self, company, manager, now, stages):
        currency("USD")
        with pytest.raises(NoRateError):
            create_deal(
                company_id=company.pk, user=manager, now=now, title="Abroad", amount=Decimal(1), currency_id="USD"
            )
        assert Deal.objects.count() == 0

    def test_keeps_its_campaign(self, company, manager, now, stages):
        ref = RecordRef("campaigns.campaign", 7)
        deal = create_deal(company_id=company.pk, user=manager, now=now, title="Fair", campaign=ref)
        assert Deal.objects.get(pk=deal.pk).campaign == ref

    @pytest.mark.parametrize(("title", "amount", "field"), [(" ", "1", "title"), ("Chairs", "-1", "amount")])
    def test_refuses_what_says_nothing(self, company, manager, title, amount, field):
        with pytest.raises(InvalidInputError) as refusal:
            create_deal(company_id=company.pk, user=manager, now=NOW, title=title, amount=Decimal(amount))
        assert refusal.value.field == field

    def test_refuses_without_a_pipeline(self, company, manager, now):
        with pytest.raises(InvalidInputError) as refusal:
            create_deal(company_id=company.pk, user=manager, now=now, title="Chairs")
        assert refusal.value.field == "pipeline"

    def test_refuses_a_stage_of_another_company(self, company, manager, now, stages):
        with pytest.raises(InvalidInputError) as refusal:
            create_deal(company_id=company.pk, user=manager, now=now, title="Chairs", stage_id=StageFactory().pk)
        assert refusal.value.field == "stage"


class TestUpdate:
    def test_changes_fields_and_counts_the_version(self, deal, manager, now):
        changed = update_deal(deal_id=deal.pk, user=manager, now=now, title="Thirty chairs", amount=Decimal(1000))
        assert (changed.title, changed.company_amount, changed.version) == ("Thirty chairs", Decimal(1000), 2)

    def test_a_line_that_stays_keeps_its_key(self, deal, manager, now):
        first = update_deal(
            deal_id=deal.pk, user=manager, now=now, lines=[{"description": "Chair", "unit_price": Decimal(10)}]
        )
        line = first.lines.get()
        lines = [
            {"description": "Table", "unit_price": Decimal(70)},
            {"id": line.pk, "description": "Chair", "quantity": Decimal(3), "unit_price": Decimal(10)},
        ]
        changed = update_deal(deal_id=deal.pk, user=manager, now=now, lines=lines)
        rows = [(row.position, row.description, row.pk == line.pk) for row in changed.lines.all()]
        assert rows == [(1, "Table", False), (2, "Chair", True)]
        assert changed.amount == Decimal(100)

    def test_without_lines_the_amount_is_typed_again(self, deal, manager, now):
        update_deal(deal_id=deal.pk, user=manager, now=now, lines=[{"description": "Chair", "unit_price": Decimal(10)}])
        changed = update_deal(deal_id=deal.pk, user=manager, now=now, amount=Decimal(400), lines=[])
        assert (changed.amount, changed.lines.count()) == (Decimal(400), 0)

    def test_somebody_else_was_faster(self, deal, manager, now):
        update_deal(deal_id=deal.pk, user=manager, now=now, title="Mine")
        with pytest.raises(ConflictError):
            update_deal(deal_id=deal.pk, user=manager, now=now, title="Yours", expected_version=1)

    def test_a_new_stage_is_a_move(self, deal, manager, now, stages):
        changed = update_deal(deal_id=deal.pk, user=manager, now=now + DAY, stage_id=stages[1].pk)
        assert (changed.probability, changed.version) == (Decimal(25), 2)
        assert log_of(changed)[1] == (stages[0], stages[1], "open", 86400, Decimal(950), Decimal(25))

    def test_a_closed_deal_stays_as_it_is(self, deal, manager, now):
        win_deal(deal_id=deal.pk, user=manager, now=now)
        with pytest.raises(WrongStateError):
            update_deal(deal_id=deal.pk, user=manager, now=now, title="Late")


class TestMove:
    def test_the_probability_follows_the_stage(self, deal, manager, now, stages, events):
        for stage in stages[1:]:
            deal = move_deal_to_stage(deal_id=deal.pk, stage_id=stage.pk, user=manager, now=now + DAY)
            assert deal.probability == stage.probability
        assert [kind for kind, _payload in events()] == ["crm.pipeline.DealMoved"] * 3

    def test_a_pinned_probability_does_not(self, deal, manager, now, stages):
        pin_probability(deal_id=deal.pk, probability=Decimal(90), user=manager, now=now, probability_note="Signed")
        moved = move_deal_to_stage(deal_id=deal.pk, stage_id=stages[2].pk, user=manager, now=now)
        assert (moved.probability, moved.probability_note, moved.probability_pinned_by) == (90, "Signed", manager)
        released = release_probability(deal_id=deal.pk, user=manager, now=now)
        assert (released.probability, released.probability_note, released.is_probability_pinned) == (50, "", False)
        assert release_probability(deal_id=deal.pk, user=manager, now=now).version == released.version

    def test_the_same_stage_only_changes_the_place(self, deal, manager, now, stages):
        other = create_deal(company_id=deal.company_id, user=manager, now=now, title="Newer")
        assert other.board_position < deal.board_position
        moved = move_deal_to_stage(deal_id=deal.pk, stage_id=stages[0].pk, user=manager, now=now + DAY)
        assert moved.board_position < other.board_position
        assert (moved.stage_since, len(log_of(moved))) == (now, 1)

    def test_between_two_others(self, deal, manager, now, stages):
        top = create_deal(company_id=deal.company_id, user=manager, now=now, title="Top", stage_id=stages[1].pk)
        low = move_deal_to_stage(deal_id=deal.pk, stage_id=stages[1].pk, user=manager, now=now, before_id=top.pk)
        assert low.board_position < top.board_position
        third = create_deal(company_id=deal.company_id, user=manager, now=now, title="Third")
        third = move_deal_to_stage(deal_id=third.pk, stage_id=stages[1].pk, user=manager, now=now, before_id=top.pk)
        assert low.board_position < third.board_position < top.board_position

    def test_refuses_a_foreign_stage(self, deal, manager, now):
        with pytest.raises(InvalidInputError):
            move_deal_to_stage(deal_id=deal.pk, stage_id=StageFactory().pk, user=manager, now=now)

    def test_refuses_a_closed_deal(self, deal, manager, now, stages):
        win_deal(deal_id=deal.pk, user=manager, now=now)
        with pytest.raises(WrongStateError):
            move_deal_to_stage(deal_id=deal.pk, stage_id=stages[1].pk, user=manager, now=now)


@pytest.mark.parametrize("percent", ["-1", "100.5"])
def test_a_probability_is_a_percentage(deal, manager, now, percent):
    with pytest.raises(InvalidInputError) as refusal:
        pin_probability(deal_id=deal.pk, probability=Decimal(percent), user=manager, now=now)
    assert refusal.value.field == "probability"


class TestWin:
    def test_wins_once_with_log_and_event(self, deal, manager, now, stages, events):
        won = win_deal(deal_id=deal.pk, user=manager, now=now + 2 * DAY, close_note="Best price")
        again = win_deal(deal_id=deal.pk, user=manager, now=now + 3 * DAY)
        assert (won.status, won.probability, won.closed_at, won.close_note) == (
            DealStatus.WON, Decimal(100), now + 2 * DAY, "Best price",
        )  # fmt: skip
        assert (again.closed_at, again.version) == (won.closed_at, won.version)
        assert log_of(won)[1:] == [(stages[0], stages[0], "won", 172800, Decimal(950), Decimal(100))]
        assert events() == [("crm.pipeline.DealWon", {"deal_id": deal.pk})]

    def test_who_buys_is_a_customer(self, deal, manager, now):
        won = win_deal(deal_id=deal.pk, user=manager, now=now)
        won.party.refresh_from_db()
        assert (won.party.is_customer, won.party.is_prospect) == (True, False)

    def test_needs_a_customer_at_last(self, company, manager, now, stages):
        deal = create_deal(company_id=company.pk, user=manager, now=now, title="Somebody")
        with pytest.raises(NoCustomerError) as refusal:
            win_deal(deal_id=deal.pk, user=manager, now=now)
        assert refusal.value.field == "party"
        with pytest.raises(NoCustomerError):
            win_deal(deal_id=deal.pk, user=manager, now=now, party_id=PartyFactory().pk)
        party = PartyFactory(company=company)
        assert win_deal(deal_id=deal.pk, user=manager, now=now, party_id=party.pk).party == party

    def test_refuses_a_lost_deal_and_a_reason_for_losing(self, deal, manager, now, company):
        with pytest.raises(ReasonMissingError):
            win_deal(deal_id=deal.pk, user=manager, now=now, reason_id=lost_reason(company).pk)
        lose_deal(deal_id=deal.pk, user=manager, now=now, reason_id=lost_reason(company).pk)
        with pytest.raises(WrongStateError):
            win_deal(deal_id=deal.pk, user=manager, now=now)

    def test_a_consequence_that_refuses_takes_everything_back(self, deal, manager, now, events, monkeypatch):
        def refuse(**given):
            raise WrongStateError("No stock")

        monkeypatch.setattr(deal_won, "_functions", [refuse])
        with pytest.raises(WrongStateError):
            win_deal(deal_id=deal.pk, user=manager, now=now)
        deal.refresh_from_db()
        assert (deal.status, deal.stage_log.count(), events()) == ("open", 1, [])


class TestLose:
    def test_keeps_the_reason_and_the_last_open_stage(self, deal, now, stages, events):
        manager = deal.owner
        deal = move_deal_to_stage(deal_id=deal.pk, stage_id=stages[2].pk, user=manager, now=now)
        reason = lost_reason(deal.company)
        lost = lose_deal(deal_id=deal.pk, user=manager, now=now + DAY, reason_id=reason.pk)
        assert (lost.status, lost.probability, lost.close_reason, lost.last_open_stage) == (
            "lost",
            0,
            reason,
            stages[2],
        )
        assert lose_deal(deal_id=deal.pk, user=manager, now=now, reason_id=None).version == lost.version
        assert [kind for kind, _payload in events()] == ["crm.pipeline.DealMoved", "crm.pipeline.DealLost"]

    def test_needs_a_reason(self, deal, manager, now):
        with pytest.raises(ReasonMissingError) as refusal:
            lose_deal(deal_id=deal.pk, user=manager, now=now, reason_id=None)
        assert refusal.value.field == "reason"

    def test_a_won_deal_stays_won(self, deal, manager, now, company):
        win_deal(deal_id=deal.pk, user=manager, now=now)
        with pytest.raises(WrongStateError):
            lose_deal(deal_id=deal.pk, user=manager, now=now, reason_id=lost_reason(company).pk)


class TestReopen:
    def test_goes_on_where_it_was_lost(self, deal, manager, now, company, stages):
        move_deal_to_stage(deal_id=deal.pk, stage_id=stages[2].pk, user=manager, now=now)
        pin_probability(deal_id=deal.pk, probability=Decimal(99), user=manager, now=now)
        lose_deal(deal_id=deal.pk, user=manager, now=now, reason_id=lost_reason(company).pk)
        opened = reopen_deal(deal_id=deal.pk, user=manager, now=now + DAY)
        assert (opened.status, opened.stage, opened.probability, opened.is_probability_pinned) == (
            "open", stages[2], Decimal(50), False,
        )  # fmt: skip
        assert (opened.closed_at, opened.close_reason, opened.stage_since) == (None, None, now + DAY)
        assert reopen_deal(deal_id=deal.pk, user=manager, now=now).version == opened.version

    def test_not_after_winning(self, deal, manager, now):
        win_deal(deal_id=deal.pk, user=manager, now=now)
        with pytest.raises(WrongStateError):
            reopen_deal(deal_id=deal.pk, user=manager, now=now)


def test_assigning_changes_the_owner_once(deal, manager, now, company):
    other = user_with(Role.SALESPERSON, company)
    given = assign_deal(deal_id=deal.pk, owner_id=other.pk, user=manager, now=now)
    assert (given.owner, given.version) == (other, 2)
    assert assign_deal(deal_id=deal.pk, owner_id=other.pk, user=manager, now=now).version == 2


def test_the_database_refuses_a_won_deal_without_a_day(deal):
    with pytest.raises(IntegrityError), transaction.atomic():
        Deal.objects.filter(pk=deal.pk).update(status="won")


def test_the_stage_log_cannot_be_changed(deal):
    with pytest.raises(DatabaseError), transaction.atomic():
        deal.stage_log.update(amount=1)


def test_deals_are_found_by_title_and_customer(company):
    deal = DealFactory(company=company, title="Warehouse shelves", party=None)
    assert [hit.object_id for hit in find(company.pk, "shelves", labels=["pipeline.deal"])] == [deal.pk]
    deal.party = PartyFactory(company=company, name="Zubrowka Trading")
    deal.save()
    found = find(company.pk, "Zubrowka", labels=["pipeline.deal"])
    assert [(hit.object_id, hit.subtitle) for hit in found] == [(deal.pk, "Zubrowka Trading")]
