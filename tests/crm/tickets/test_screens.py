"""Tickets in the browser and over the API: what the generic tests of Resources cannot know."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.access.enums import Role
from core.access.policies import may, scoped
from core.search.queries import matching_ids
from crm.contacts.timeline import timeline
from crm.tickets.models import AnswerMail, Ticket, TicketMessage
from crm.tickets.operations import add_ticket_note, answer_ticket, close_ticket, resolve_ticket
from tests.factories.company import TeamFactory, user_with
from tests.factories.parties import PartyFactory
from tests.factories.tickets import AnswerMailFactory, TicketFactory
from tests.ui.conftest import api_client

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def browser(agent):
    return signed_in(agent)


def page(browser, ticket):
    return browser.get(f"/tickets/{ticket.pk}/").content.decode()


class TestTheList:
    def test_saved_views(self, browser, company, agent):
        now = timezone.now()
        mine = TicketFactory(company=company, assignee=agent, unanswered_since=None, subject="mine")
        nobodys = TicketFactory(company=company, subject="nobody's", last_message_at=now)
        waiting = TicketFactory(
            company=company, status="waiting", assignee=user_with(Role.SUPPORT_AGENT, company), unanswered_since=None
        )
        resolved = TicketFactory(company=company, status="resolved", resolved_at=now, unanswered_since=None)
        TicketFactory(company=company, status="resolved", resolved_at=now - dt.timedelta(days=2), unanswered_since=None)
        tabs = browser.get("/tickets/").context["tabs"][1:]
        assert [(tab.label, [row.pk for row in browser.get(tab.url).context["rows"]]) for tab in tabs] == [
            ("Open", [nobodys.pk, waiting.pk, mine.pk]),
            ("Mine", [mine.pk]),
            ("Unassigned", [nobodys.pk]),
            ("Unanswered", [nobodys.pk]),
            ("Waiting", [waiting.pk]),
            ("Resolved today", [resolved.pk]),
        ]

    def test_the_latest_word_first_and_sorted_by_urgency(self, browser, company):
        now = timezone.now()
        found = [
            TicketFactory(company=company, priority=priority, last_message_at=now - dt.timedelta(hours=age))
            for priority, age in (("low", 1), ("urgent", 3), ("high", 2))
        ]
        rows = [row.pk for row in browser.get("/tickets/").context["rows"]]
        assert rows == [found[0].pk, found[2].pk, found[1].pk]
        rows = [row.pk for row in browser.get("/tickets/?sort=-priority").context["rows"]]
        assert rows == [found[1].pk, found[2].pk, found[0].pk]

    def test_resolved_in_bulk(self, browser, company):
        tickets = [TicketFactory(company=company) for _ in range(2)]
        data = {"action": "resolve", "ids": [t.pk for t in tickets], "resolution": "Power is back.", "confirmed": "1"}
        assert browser.post("/tickets/bulk/", data).status_code in (200, 302)
        assert set(Ticket.objects.values_list("status", "resolution")) == {("resolved", "Power is back.")}

    def test_found_by_number_subject_customer_and_words(self, ticket):
        for words in (ticket.number, "flickers", "nordlicht", "since monday"):
            assert matching_ids(ticket.company_id, "tickets.ticket", words, limit=5) == [ticket.pk], words


class TestThePage:
    def test_notes_and_answers_are_told_apart(self, browser, ticket, agent, now):
        answer_ticket(ticket_id=ticket.pk, user=agent, now=now, text="Try <b>another</b> bulb.")
        add_ticket_note(ticket_id=ticket.pk, user=agent, now=now, text="Known fault of the batch.")
        resolve_ticket(ticket_id=ticket.pk, user=agent, now=now, resolution="New bulb")
        panel = browser.get(f"/tickets/{ticket.pk}/").context["panels_main"][0]["html"]
        order = [panel.index(f"message-{kind}") for kind in ("resolution", "note", "answer", "customer")]
        assert order == sorted(order)
        assert "Try &lt;b&gt;another&lt;/b&gt; bulb." in panel
        assert "On its way to ada@nordlicht.example" in panel

    def test_answered_in_the_box(self, browser, ticket, agent):
        box = browser.get(f"/tickets/{ticket.pk}/").context["panels_main"][0]["html"]
        key = box.split('name="external_id" value="')[1].split('"')[0]
        data = {"text": "Hello", "then": "waiting", "mail": "on", "external_id": key, "version": ticket.version}
        for _time in range(2):
            response = browser.post(f"/tickets/{ticket.pk}/actions/answer/", data)
            assert (response.status_code, response.url) == (302, f"/tickets/{ticket.pk}/")
        ticket.refresh_from_db()
        assert (ticket.status, ticket.assignee, TicketMessage.objects.get().text) == ("waiting", agent, "Hello")
        assert AnswerMail.objects.get().address == "ada@nordlicht.example"

    def test_a_colleague_was_quicker(self, browser, ticket, agent, now):
        answer_ticket(ticket_id=ticket.pk, user=agent, now=now, text="First")
        response = browser.post(f"/tickets/{ticket.pk}/actions/answer/", {"text": "Second", "version": 1})
        assert response.status_code == 409
        assert "Second" in response.content.decode()
        assert TicketMessage.objects.get().text == "First"

    def test_without_a_mail_address_the_box_says_so(self, browser, ticket, contact):
        assert "Mail it to ada@nordlicht.example" in page(browser, ticket)
        contact.contact_points.all().delete()
        assert "No mail address of the customer is known." in page(browser, ticket)

    def test_a_closed_ticket_takes_only_a_note(self, browser, ticket, agent, now):
        close_ticket(ticket_id=ticket.pk, user=agent, now=now, reason="Spam")
        shown = page(browser, ticket)
        assert [f"box-{name}" in shown for name in ("answer", "note", "customer_message")] == [False, True, False]

    def test_a_mail_that_was_given_up_is_sent_again_from_here(self, browser, ticket):
        mail = AnswerMailFactory(
            company=ticket.company, message__ticket=ticket, status="failed", attempts=8, error="mailbox unavailable"
        )
        assert "Not delivered to ada@nordlicht.example: mailbox unavailable" in page(browser, ticket)
        url = reverse("ui:ticket-messages-action", args=[mail.message_id, "try_again"])
        assert browser.post(url, {"next": f"/tickets/{ticket.pk}/"}).url == f"/tickets/{ticket.pk}/"
        mail.refresh_from_db()
        assert (mail.status, mail.attempts) == ("waiting", 0)

    def test_the_history_names_what_people_changed(self, browser, ticket, agent, now):
        browser.post(
            f"/tickets/{ticket.pk}/edit/",
            {"party": ticket.party_id, "contact": ticket.contact_id, "channel": "email", "subject": "Two lamps",
             "priority": "urgent", "version": 1},
        )  # fmt: skip
        entry = browser.get(f"/tickets/{ticket.pk}/history/").context["entries"][0]
        assert [(change.field, change.before, change.after) for change in entry["changes"]] == [
            ("subject", "The lamp flickers", "Two lamps"),
            ("description", "Since Monday.", ""),
            ("priority", "Normal", "Urgent"),
        ]


def test_moved_on_the_board(browser, ticket):
    columns = browser.get("/tickets/board/").context["board_columns"]
    assert [(column["key"], column["count"]) for column in columns] == [("new", 1), ("open", 0), ("waiting", 0)]
    data = {"pk": ticket.pk, "to": "open", "version": 1}
    assert browser.post("/tickets/board/move/", data, headers={"Accept": "application/json"}).json()["version"] == 2
    data = {"pk": ticket.pk, "to": "new", "version": 2}
    refused = browser.post("/tickets/board/move/", data, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")


class TestTheParty:
    def test_what_waits_and_the_way_to_a_new_ticket(self, browser, ticket, customer, contact):
        TicketFactory(company=ticket.company, party=customer, status="resolved", resolved_at=timezone.now())
        panels = {p["name"]: p for p in browser.get(f"/parties/{customer.pk}/").context["panels_side"]}
        assert panels["tickets"]["action"]["url"] == f"/tickets/new/?party={customer.pk}"
        shown = browser.get(f"/parties/{customer.pk}/panels/tickets/").content.decode()
        assert (ticket.subject in shown, shown.count("<tr data-href")) == (True, 1)
        panels = {p["name"]: p for p in browser.get(f"/parties/{contact.pk}/").context["panels_side"]}
        url = panels["tickets"]["action"]["url"]
        assert url == f"/tickets/new/?party={customer.pk}&contact={contact.pk}"
        form = browser.get(url).context["form"]
        assert [str(form[name].value()) for name in ("party", "contact")] == [str(customer.pk), str(contact.pk)]

    def test_whoever_may_not_open_tickets_is_not_offered_one(self, company, customer):
        seller = user_with(Role.SALES_MANAGER, company)
        panels = {p["name"]: p for p in signed_in(seller).get(f"/parties/{customer.pk}/").context["panels_side"]}
        assert panels["tickets"]["action"] is None

    def test_the_timeline_tells_the_course(self, ticket, agent, customer, now):
        answer_ticket(ticket_id=ticket.pk, user=agent, now=now + dt.timedelta(hours=1), text="Try another bulb.")
        add_ticket_note(ticket_id=ticket.pk, user=agent, now=now, text="Known fault.")
        resolve_ticket(ticket_id=ticket.pk, user=agent, now=now + dt.timedelta(hours=2), resolution="New bulb")
        told = [(e.title, e.text, e.url) for e in timeline(customer, user=agent, company_id=ticket.company_id)]
        url = f"/tickets/{ticket.pk}/"
        assert told == [
            ("T-2026-00001 resolved", "New bulb", url),
            ("T-2026-00001 answered", "Try another bulb.", url),
            ("T-2026-00001 opened: The lamp flickers", "Since Monday.", url),
        ]
        buyer = user_with(Role.BUYER, ticket.company)
        assert timeline(customer, user=buyer, company_id=ticket.company_id) == []


class TestTheApi:
    def test_from_opening_to_closing(self, agent, customer, contact):
        api = api_client(agent)
        body = {"subject": "Lamp", "party": customer.pk, "contact": contact.pk, "priority": "high"}
        made = [api("post", "tickets/", body, Idempotency_Key="one") for _time in range(2)]
        assert [answer.status_code for answer in made] == [201, 201]
        assert made[0].json()["id"] == made[1].json()["id"]
        path = f"tickets/{made[0].json()['id']}"
        for _time in range(2):
            api("post", f"{path}/answer/", {"text": "Which lamp?", "then": "waiting"}, Idempotency_Key="two")
        said = {"text": "The green one.", "external_id": "<7@mail.example>"}
        for _time in range(2):
            heard = api("post", f"{path}/customer-message/", said).json()
        assert heard["status"] == "open"
        assert api("post", f"{path}/resolve/", {"resolution": "New bulb"}).json()["status"] == "resolved"
        closed = api("post", f"{path}/close/", {}).json()
        assert (closed["status"], closed["number"], closed["assignee"]) == ("closed", "T-2026-00001", agent.pk)
        talk = api("get", f"ticket-messages/?ticket={closed['id']}").json()["results"]
        kinds = ["answer", "customer", "resolution", "closing"]
        assert [row["kind"] for row in reversed(talk)] == kinds
        refused = api("post", f"{path}/answer/", {"text": "x"})
        assert (refused.status_code, refused.json()["code"]) == (409, "ticket_closed")

    def test_named_from_outside(self, agent, customer):
        api = api_client(agent)
        for subject in ("Lamp", "Two lamps"):
            api("put", "tickets/by-external-id/DESK-7/", {"subject": subject, "party": customer.pk})
        ticket = Ticket.objects.get()
        assert (ticket.subject, ticket.external_id) == ("Two lamps", "DESK-7")


class TestWhoMay:
    VERBS = ("view", "create", "change", "answer", "note", "assign", "resolve", "export")

    @pytest.mark.parametrize("role", [Role.SUPPORT_AGENT, Role.ADMINISTRATOR])
    def test_support_does_everything_in_the_company(self, role, company):
        user, ticket = user_with(role, company), TicketFactory(company=company)
        TicketFactory()
        assert list(scoped(user, Ticket.objects.all(), "resolve", company.pk)) == [ticket]
        assert [may(user, verb, ticket) for verb in self.VERBS] == [True] * 8

    @pytest.mark.parametrize("role", [Role.SALES_MANAGER, Role.DIRECTOR, Role.AUDITOR])
    def test_managers_directors_and_auditors_read(self, role, company):
        user, ticket = user_with(role, company), TicketFactory(company=company)
        assert [may(user, verb, ticket) for verb in self.VERBS] == [True, *[False] * 6, True]

    def test_sellers_read_those_of_the_customers_they_look_after(self, company):
        team = TeamFactory(company=company)
        seller = user_with(Role.SALESPERSON, company, team=team)
        own, teams, other = (
            TicketFactory(company=company, party=PartyFactory(company=company, **values))
            for values in ({"owner": seller}, {"team": team}, {})
        )
        assert set(scoped(seller, Ticket.objects.all(), "view", company.pk)) == {own, teams}
        assert [may(seller, verb, own) for verb in self.VERBS] == [True, *[False] * 7]
        shown = signed_in(seller)
        assert [shown.get(f"/tickets/{t.pk}/").status_code for t in (own, other)] == [200, 404]
        assert "composer" not in page(shown, own)
        assert shown.post(f"/tickets/{own.pk}/actions/answer/", {"text": "x"}).status_code == 403

    @pytest.mark.parametrize("role", [Role.BUYER, Role.WAREHOUSE, Role.MARKETER])
    def test_others_have_no_business_with_tickets(self, role, company):
        TicketFactory(company=company)
        assert list(scoped(user_with(role, company), Ticket.objects.all(), "view", company.pk)) == []
