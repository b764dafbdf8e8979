"""The front office in the browser and over the API: what the generic tests of Resources cannot know."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.access.enums import Role
from crm.contacts.models import Interaction
from crm.leads.models import Lead
from crm.pipeline.models import Deal
from crm.pipeline.operations import create_deal, win_deal
from tests.factories.catalog import ItemFactory
from tests.factories.company import user_with
from tests.factories.contacts import NoteFactory, TaskFactory
from tests.factories.leads import LeadFactory
from tests.factories.parties import ContactPointFactory, PartyFactory
from tests.ui.conftest import api_client

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    session = client.session
    session["mfa_present"] = True
    session.save()
    return client


@pytest.fixture
def browser(manager, pipeline):
    return signed_in(manager)


@pytest.fixture
def deal(company, manager, stages):
    party = PartyFactory(company=company, name="Nordlicht")
    return create_deal(
        company_id=company.pk, user=manager, now=timezone.now(), title="Chairs", amount=Decimal(950), party_id=party.pk
    )


def drop(browser, deal, stage, version):
    data = {"pk": deal.pk, "to": stage.pk, "version": version}
    return browser.post("/deals/board/move/", data, headers={"Accept": "application/json"})


class TestBoard:
    def test_columns_are_stages_with_count_and_sum(self, browser, deal, stages):
        columns = browser.get("/deals/board/?view=all").context["board_columns"]
        assert [(column["label"], column["count"]) for column in columns] == [
            ("Prospecting", 1), ("Qualified", 0), ("Proposal", 0), ("Negotiation", 0),
        ]  # fmt: skip
        card = columns[0]["cards"][0]
        assert (card.title, card.subtitle, card.amount, card.age_state) == ("Chairs", "Nordlicht", "950.00", "none")
        assert card.age == "0 d · Nothing planned"

    def test_a_card_is_dropped_once(self, browser, deal, stages):
        moved = drop(browser, deal, stages[1], 1)
        assert (moved.status_code, moved.json()["version"]) == (200, 2)
        assert moved.json()["sums"][str(stages[1].pk)] == {"count": "1", "sum": "950.00"}
        deal.refresh_from_db()
        assert (deal.stage, deal.probability) == (stages[1], 25)
        assert drop(browser, deal, stages[2], 1).status_code == 409

    def test_a_won_deal_leaves_the_board(self, browser, deal, manager, stages):
        win_deal(deal_id=deal.pk, user=manager, now=timezone.now())
        assert browser.get("/deals/board/?view=all").context["board_columns"][0]["count"] == 0
        assert drop(browser, deal, stages[1], 2).status_code == 409

    def test_more_cards_cost_no_more_queries(self, browser, deal, company, manager):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                assert browser.get("/deals/board/?view=all").status_code == 200
            return len(captured)

        queries()
        before = queries()
        for number in range(5):
            create_deal(company_id=company.pk, user=manager, now=timezone.now(), title=f"Deal {number}")
        assert queries() == before


class TestDeals:
    def test_written_with_lines(self, browser, company):
        party = PartyFactory(company=company)
        data = {
            "title": "Chairs", "party": party.pk, "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0,
            "lines-0-description": "Chair", "lines-0-quantity": "12", "lines-0-unit_price": "19.00", "lines-0-ORDER": 1,
        }  # fmt: skip
        response = browser.post("/deals/new/", data)
        deal = Deal.objects.get()
        assert (response.status_code, response.url) == (302, f"/deals/{deal.pk}/")
        assert (deal.amount, deal.stage.name, deal.currency_id, deal.party) == (
            Decimal(228),
            "Prospecting",
            "EUR",
            party,
        )
        page = browser.get(response.url)
        assert [panel["name"] for panel in page.context["panels_main"]][:2] == ["attributes", "lines"]

    def test_totals_while_writing(self, browser):
        data = {
            "title": "", "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0, "lines-0-description": "Chair",
            "lines-0-quantity": "2", "lines-0-unit_price": "9.50", "lines-0-ORDER": 1,
        }  # fmt: skip
        response = browser.post("/deals/totals/", data)
        assert [row["value"] for row in response.context["totals"]] == ["19.00", "0.00", "19.00"]

    def test_lines_while_writing(self, browser, company):
        """A line that is not begun, or cannot be read, has no amount; the others say what they take from their item."""
        item = ItemFactory(company=company, name="Chair", list_price=Decimal("9.50"))
        data = {
            "title": "", "lines-TOTAL_FORMS": 4, "lines-INITIAL_FORMS": 0,
            "lines-0-quantity": "5", "lines-0-ORDER": 1,
            "lines-1-item": item.pk, "lines-1-quantity": "2", "lines-1-ORDER": 2,
            "lines-2-item": item.pk, "lines-2-quantity": "many", "lines-2-ORDER": 3,
            "lines-3-description": "Visit", "lines-3-quantity": "1", "lines-3-unit_price": "30", "lines-3-ORDER": 4,
        }  # fmt: skip
        lines = dict(browser.post("/deals/totals/", data).context["line_previews"])
        assert {index: line and line.amount for index, line in lines.items()} == {
            0: None, 1: "19.00", 2: None, 3: "30.00",
        }  # fmt: skip
        assert lines[1].taken == {
            "description": "Chair", "unit": "pc", "unit_price": "9.50", "discount_percent": "0", "tax_set": "",
        }  # fmt: skip

    def test_won_over_the_api_and_won_again(self, deal, manager):
        api = api_client(manager)
        for _ in range(2):
            answer = api("post", f"deals/{deal.pk}/win/", {})
            assert (answer.status_code, answer.json()["status"]) == (200, "won")
        assert deal.stage_log.filter(status="won").count() == 1

    def test_losing_asks_why(self, browser, deal):
        assert browser.post(f"/deals/{deal.pk}/actions/lose/", {}).status_code == 422
        assert Deal.objects.get().status == "open"

    def test_somebody_elses_deal_is_out_of_sight(self, deal, company):
        seller = user_with(Role.SALESPERSON, company)
        Deal.objects.update(team=None, owner=None)
        assert signed_in(seller).get(f"/deals/{deal.pk}/").status_code == 404


class TestLeads:
    def test_converted_from_its_page(self, browser, company, manager):
        party = PartyFactory(company=company, name="Nordlicht GmbH")
        ContactPointFactory(party=party, value="ada@nordlicht.example")
        lead = LeadFactory(company=company, organisation_name="Nordlicht", email="ada@nordlicht.example", owner=manager)
        form = browser.get(f"/leads/{lead.pk}/actions/convert/").context["form"]
        assert form.initial["party"] == party.pk
        assert "Nordlicht GmbH" in str(form.fields["party"].help_text)
        response = browser.post(f"/leads/{lead.pk}/actions/convert/", {"party": party.pk, "deal_title": "Chairs"})
        deal = Deal.objects.get()
        assert (response.url, deal.party, deal.title) == (f"/deals/{deal.pk}/", party, "Chairs")
        assert "Known already?" not in browser.get(f"/leads/{lead.pk}/").content.decode()

    def test_duplicates_show_on_the_page(self, browser, company):
        PartyFactory(company=company, name="Nordlicht GmbH")
        lead = LeadFactory(company=company, organisation_name="Nordlicht")
        page = browser.get(f"/leads/{lead.pk}/").content.decode()
        assert "Known already?" in page
        assert "Nordlicht GmbH" in page

    def test_created_and_converted_over_the_api(self, manager, pipeline):
        api = api_client(manager)
        made = api("post", "leads/", {"name": "Ada", "email": "ada@nordlicht.example"}, Idempotency_Key="one")
        again = api("post", "leads/", {"name": "Ada", "email": "ada@nordlicht.example"}, Idempotency_Key="one")
        assert (made.status_code, made.json()["id"]) == (201, again.json()["id"])
        key = made.json()["id"]
        api("post", f"leads/{key}/qualify/", {})
        done = api("post", f"leads/{key}/convert/", {"deal_title": "Chairs"}).json()
        lead = Lead.objects.get()
        assert (done["status"], done["deal"], done["party"]) == ("converted", lead.deal_id, lead.party_id)
        assert done["result"]["id"] == lead.deal_id


class TestPartyPage:
    def test_the_timeline_with_its_buttons(self, browser, company):
        party = PartyFactory(company=company)
        NoteFactory(company=company, party=party, subject="Wants <b>chairs</b>")
        TaskFactory(company=company, party=party, subject="Call back")
        html = browser.get(f"/parties/{party.pk}/panels/timeline/").content.decode()
        assert html.index("Call back") < html.index("Wants &lt;b&gt;chairs&lt;/b&gt;")
        for name in ("log_note", "log_call", "log_meeting", "plan_task"):
            assert f"/parties/{party.pk}/actions/{name}/" in html

    def test_a_note_is_written_from_it(self, browser, company, manager):
        party = PartyFactory(company=company)
        response = browser.post(f"/parties/{party.pk}/actions/log_note/", {"text": "Wants chairs\nby May"})
        note = Interaction.objects.get()
        assert (response.status_code, note.party, note.subject, note.owner) == (302, party, "Wants chairs", manager)

    def test_what_comes_next_and_whether_it_is_late(self, browser, company):
        party = PartyFactory(company=company)
        assert "Nothing planned" in browser.get(f"/parties/{party.pk}/").content.decode()
        TaskFactory(company=company, party=party, due_at=timezone.now() - dt.timedelta(days=1))
        assert "Late" in browser.get(f"/parties/{party.pk}/").content.decode()

    def test_consent_and_relationships(self, browser, company):
        party, other = PartyFactory(company=company), PartyFactory(company=company, name="Partner AG")
        consent = {"channel": "email", "act": "given", "evidence": "Call on Monday"}
        assert browser.post(f"/parties/{party.pk}/actions/consent/", consent).status_code == 302
        relation = {"kind": "partner_of", "other": other.pk}
        assert browser.post(f"/parties/{party.pk}/actions/relate/", relation).status_code == 302
        assert "Call on Monday" in browser.get(f"/parties/{party.pk}/panels/consent/").content.decode()
        assert "Partner AG" in browser.get(f"/parties/{party.pk}/panels/relationships/").content.decode()


def test_my_tasks_are_the_open_ones_of_mine(browser, company, manager):
    mine = TaskFactory(company=company, owner=manager)
    TaskFactory(company=company)
    TaskFactory(company=company, owner=manager, done_at=timezone.now())
    assert [row.pk for row in browser.get("/tasks/").context["rows"]] == [mine.pk]
    assert browser.post(f"/tasks/{mine.pk}/actions/complete/", {"text": "Done"}).status_code == 302
    assert browser.get("/tasks/").context["rows"] == []
