"""Parties and items in bulk: whose they are, whether they are in use, how they are sorted."""

from typing import Any

import pytest
from django.test import Client

from core.access.enums import Role
from core.access.models import User
from core.catalog.models import Item
from core.company.models import Company, Team
from core.jobs.models import JobRun
from core.parties.models import Party
from tests.factories.catalog import ItemFactory
from tests.factories.company import MembershipFactory, UserFactory
from tests.factories.parties import PartyFactory
from tests.ui.conftest import SignIn

pytestmark = pytest.mark.django_db


def test_parties_are_assigned_together(company: Company, everyone: User, staff: Client) -> None:
    parties = [PartyFactory(company=company, owner=None) for _ in range(3)]
    team = Team.objects.create(company=company, name="North")
    post = {"action": "assign", "ids": [party.pk for party in parties], "confirmed": "1"}
    page = staff.post("/parties/bulk/", post)
    run = JobRun.objects.latest("pk")
    assert (page.status_code, run.failures) == (302, 3), "nothing was chosen, and each record says so"
    assert {row.message for row in run.rows.all()} == {"Choose a person, a team or both."}
    assert staff.post("/parties/bulk/", {**post, "owner": everyone.pk, "team": team.pk}).status_code == 302
    assert {(p.owner, p.team, p.version) for p in Party.objects.filter(company=company)} == {(everyone, team, 2)}
    staff.post("/parties/bulk/", {**post, "owner": everyone.pk, "next": "/parties/?again"})
    assert {p.version for p in Party.objects.filter(company=company)} == {2}, "done already, nothing is written"


def test_nobody_of_another_company_is_assigned(company: Company, staff: Client) -> None:
    party = PartyFactory(company=company, owner=None)
    data = {"action": "assign", "ids": [party.pk], "confirmed": "1", "owner": UserFactory().pk}
    assert staff.post("/parties/bulk/", data).status_code == 422
    party.refresh_from_db()
    assert party.owner is None


@pytest.mark.parametrize(("slug", "factory"), [("parties", PartyFactory), ("items", ItemFactory)])
def test_records_leave_use_and_come_back(
    slug: str, factory: Any, company: Company, staff: Client, sign_in: SignIn
) -> None:
    records = [factory(company=company) for _ in range(2)]
    model, ids = type(records[0]), [record.pk for record in records]

    def active() -> list[bool]:
        return list(model._default_manager.filter(pk__in=ids).order_by("pk").values_list("active", flat=True))

    asked = staff.post(f"/{slug}/bulk/", {"action": "deactivate", "ids": ids})
    assert (asked.status_code, active()) == (200, [True, True]), "it says first what will happen"
    staff.post(f"/{slug}/bulk/", {"action": "deactivate", "ids": ids, "confirmed": "1"})
    assert active() == [False, False]
    assert staff.post(f"/{slug}/{ids[0]}/actions/activate/").status_code == 302
    assert active() == [True, False]
    staff.post(f"/{slug}/bulk/", {"action": "activate", "ids": ids})
    assert active() == [True, True]
    auditor = UserFactory()
    MembershipFactory(user=auditor, company=company, role=Role.AUDITOR)
    client = sign_in(auditor)
    assert client.post(f"/{slug}/bulk/", {"action": "deactivate", "ids": ids, "confirmed": "1"}).status_code == 403
    assert client.get(f"/{slug}/").context["bulk_actions"] == []
    assert active() == [True, True]


def test_a_seller_changes_only_what_is_the_teams(company: Company, sign_in: SignIn) -> None:
    seller = UserFactory()
    MembershipFactory(user=seller, company=company, role=Role.SALESPERSON)
    own, others = PartyFactory(company=company, owner=seller), PartyFactory(company=company, owner=UserFactory())
    data = {"action": "deactivate", "ids": [own.pk, others.pk], "confirmed": "1"}
    page = sign_in(seller).post("/parties/bulk/", data)
    run = JobRun.objects.latest("pk")
    assert page.headers["Location"] == f"/jobs/{run.pk}/"
    refused = list(run.rows.filter(succeeded=False).values_list("object_id", "message"))
    assert refused == [(others.pk, "Your role does not include this.")]
    assert [Party.objects.get(pk=pk).active for pk in (own.pk, others.pk)] == [False, True]


def test_items_are_sorted_together(company: Company, staff: Client, api: Any) -> None:
    items = [ItemFactory(company=company) for _ in range(2)]
    made = api("post", "item-categories/", {"name": "Garden"}).json()["id"]
    taxed = api("post", "tax-categories/", {"name": "Reduced"}).json()["id"]
    data = {"action": "classify", "ids": [item.pk for item in items], "confirmed": "1", "category": made}
    kept = [item.tax_category_id for item in items]
    staff.post("/items/bulk/", data)
    found = Item.objects.filter(pk__in=[item.pk for item in items]).order_by("pk")
    assert [(item.category_id, item.tax_category_id) for item in found.all()] == [(made, key) for key in kept]
    assert api("post", f"items/{items[0].pk}/classify/", {"tax_category": taxed}).status_code == 200
    assert [item.tax_category_id for item in found.all()] == [taxed, kept[1]]
    assert api("post", f"items/{items[0].pk}/classify/", {}).status_code == 422
