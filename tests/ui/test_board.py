"""The board: columns and sums, cards in reserve, and the move that dragging, keyboard and menu share."""

from typing import Any

import pytest
from django.test import Client

from core.access.enums import Role
from core.company.models import Company
from core.ui import registry
from crm.pipeline.models import Deal, Stage
from tests.factories import factory_for
from tests.factories.company import user_with
from tests.ui.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(company: Company) -> Deal:
    return factory_for(Deal)(company=company)


def other_stage(deal: Deal) -> Stage:
    """Another open stage of the deal's pipeline."""
    stages = Stage.objects.filter(pipeline=deal.stage.pipeline).exclude(pk=deal.stage_id).order_by("position")
    return stages.first() or factory_for(Stage)(company=deal.company, pipeline=deal.stage.pipeline)


def column(page: Any, key: int) -> dict[str, Any]:
    return next(column for column in page.context["board_columns"] if column["key"] == str(key))


def test_a_card_stands_in_its_column(staff: Client, deal: Deal) -> None:
    found = column(staff.get("/deals/board/"), deal.stage_id)
    assert (found["count"], [card.id for card in found["cards"]]) == (1, [str(deal.pk)])
    assert found["cards"][0].version == str(deal.version)


def test_a_script_moves_a_card(staff: Client, deal: Deal) -> None:
    stage = other_stage(deal)
    data = {"pk": deal.pk, "to": stage.pk, "version": deal.version}
    response = staff.post("/deals/board/move/", data, headers={"Accept": "application/json"})
    deal.refresh_from_db()
    assert (response.status_code, deal.stage_id) == (200, stage.pk)
    assert response.json()["version"] == deal.version
    assert response.json()["sums"][str(stage.pk)]["count"] == "1"


def test_a_form_moves_a_card_without_javascript(staff: Client, deal: Deal) -> None:
    stage = other_stage(deal)
    response = staff.post("/deals/board/move/", {"pk": deal.pk, "to": stage.pk, "next": "/deals/board/"})
    deal.refresh_from_db()
    assert (response.status_code, response.url, deal.stage_id) == (302, "/deals/board/", stage.pk)


def test_the_history_names_a_move_as_one(staff: Client, deal: Deal) -> None:
    staff.post("/deals/board/move/", {"pk": deal.pk, "to": other_stage(deal).pk})
    entry = staff.get(f"/deals/{deal.pk}/history/").context["entries"][0]
    assert (entry["action"], entry["changes"][0].label) == ("Moved on the board", "Stage")


def test_a_column_that_is_none_moves_nothing(staff: Client, deal: Deal) -> None:
    before = deal.stage_id
    for to in ("0", "x", ""):
        assert staff.post("/deals/board/move/", {"pk": deal.pk, "to": to}).status_code == 404
    assert staff.post("/deals/board/move/", {"pk": "x", "to": before}).status_code == 404
    deal.refresh_from_db()
    assert deal.stage_id == before


def test_a_move_on_an_old_version_is_a_conflict(staff: Client, deal: Deal) -> None:
    data = {"pk": deal.pk, "to": other_stage(deal).pk, "version": deal.version + 5}
    response = staff.post("/deals/board/move/", data, headers={"Accept": "application/json"})
    assert (response.status_code, response.json()["code"]) == (409, "conflict")


def test_who_may_not_change_may_not_move(deal: Deal, company: Company, sign_in: SignIn) -> None:
    client = sign_in(user_with(Role.AUDITOR, company))
    assert client.post("/deals/board/move/", {"pk": deal.pk, "to": other_stage(deal).pk}).status_code == 403


def test_a_full_column_keeps_cards_in_reserve(staff: Client, deal: Deal) -> None:
    limit = registry.get("deals").views["board"].limit
    for _ in range(limit):
        factory_for(Deal)(company=deal.company, stage=deal.stage)
    found = column(staff.get("/deals/board/"), deal.stage_id)
    assert (found["count"], len(found["cards"])) == (limit + 1, limit)
    more = staff.get(found["more_url"])
    assert len(more.context["column"]["cards"]) == 1
    shown = {card.id for card in found["cards"]} | {card.id for card in more.context["column"]["cards"]}
    assert len(shown) == limit + 1
