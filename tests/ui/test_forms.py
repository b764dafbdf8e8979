"""Creating and changing through a browser: refusals, double submits, conflicts, lines without JavaScript."""

from typing import Any

import pytest
from django.test import Client

from core.company.models import Company
from core.parties.models import Party, PaymentTerm
from tests.factories.company import CompanyFactory
from tests.factories.parties import PartyFactory, PaymentTermFactory

pytestmark = pytest.mark.django_db

TERM = {
    "name": "Half and half",
    "lines-TOTAL_FORMS": "2",
    "lines-INITIAL_FORMS": "0",
    "lines-0-percent": "50",
    "lines-0-days": "10",
    "lines-0-ORDER": "1",
    "lines-1-percent": "50",
    "lines-1-days": "40",
    "lines-1-ORDER": "2",
}


def key_of(page: Any) -> str:
    hidden = str(page.context["hidden_fields"])
    return hidden.partition('name="idempotency_key" value="')[2].partition('"')[0]


def test_a_party_is_created_with_its_contact_points(staff: Client, company: Company) -> None:
    page = staff.get("/parties/new/")
    data = {"name": "Nordwind", "kind": "organisation", "email": "Info@Nordwind.example", "active": "on"}
    response = staff.post("/parties/new/", {**data, "idempotency_key": key_of(page)})
    party = Party.objects.get(name="Nordwind")
    assert (response.status_code, response.url) == (302, f"/parties/{party.pk}/")
    assert (party.company_id, party.version) == (company.pk, 1)
    assert list(party.contact_points.values_list("kind", "value")) == [("email", "info@nordwind.example")]


def test_the_operation_says_what_is_missing_and_no_constraint_does(staff: Client) -> None:
    page = staff.post("/leads/new/", {"idempotency_key": key_of(staff.get("/leads/new/"))})
    assert page.status_code == 422
    assert page.context["form"].errors == {
        "name": ["The lead has no name. Enter a name, an organisation or a mail address."]
    }


def test_the_same_form_twice_makes_one_record(staff: Client) -> None:
    data = {"name": "Once", "kind": "organisation", "idempotency_key": key_of(staff.get("/parties/new/"))}
    first, second = staff.post("/parties/new/", data), staff.post("/parties/new/", data)
    assert first.url == second.url
    assert Party.objects.filter(name="Once").count() == 1


def test_a_used_form_with_other_values_asks_again_under_a_new_key(staff: Client) -> None:
    key = key_of(staff.get("/parties/new/"))
    staff.post("/parties/new/", {"name": "Once", "kind": "organisation", "idempotency_key": key})
    again = staff.post("/parties/new/", {"name": "Other", "kind": "organisation", "idempotency_key": key})
    assert again.status_code == 422
    assert key_of(again) not in ("", key)
    assert list(Party.objects.values_list("name", flat=True)) == ["Once"]


def test_company_status_and_version_cannot_be_posted(staff: Client, company: Company) -> None:
    other = CompanyFactory()
    data = {
        "name": "Mine",
        "kind": "organisation",
        "company": other.pk,
        "version": "77",
        "created_by": "1",
        "id": "999",
    }
    staff.post("/parties/new/", {**data, "idempotency_key": key_of(staff.get("/parties/new/"))})
    party = Party.objects.get(name="Mine")
    assert (party.company_id, party.version) == (company.pk, 1)
    assert party.pk != 999


def test_a_taken_code_is_a_refusal_at_its_field(staff: Client, company: Company) -> None:
    PartyFactory(company=company, code="C-1")
    response = staff.post("/parties/new/", {"name": "Second", "kind": "organisation", "code": "C-1"})
    assert response.status_code == 422
    assert Party.objects.filter(name="Second").count() == 0
    assert list(response.context["form"].errors) in (["code"], ["__all__"])


def test_the_next_address_stays_on_this_host(staff: Client) -> None:
    for there in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"):
        response = staff.post("/parties/new/", {"name": "Hop", "kind": "organisation", "next": there})
        assert response.url.startswith("/parties/"), there
    assert staff.post("/parties/new/", {"name": "Hop", "kind": "organisation", "next": "/items/"}).url == "/items/"


def test_lines_are_written_in_their_order(staff: Client, company: Company) -> None:
    response = staff.post("/payment-terms/new/", TERM)
    term = PaymentTerm.objects.get(name="Half and half")
    assert response.status_code == 302
    assert [(str(line.percent), line.days) for line in term.lines.all()] == [("50.00000000", 10), ("50.00000000", 40)]
    assert {line.company_id for line in term.lines.all()} == {company.pk}


def test_lines_are_changed_added_and_removed(staff: Client, company: Company) -> None:
    term = PaymentTermFactory(company=company, days=30)
    (line,) = term.lines.all()
    data = {
        "name": term.name,
        "version": term.version,
        "lines-TOTAL_FORMS": "2",
        "lines-INITIAL_FORMS": "1",
        "lines-0-id": line.pk,
        "lines-0-percent": "60",
        "lines-0-days": "5",
        "lines-1-percent": "40",
        "lines-1-days": "50",
    }
    assert staff.post(f"/payment-terms/{term.pk}/edit/", data).status_code == 302
    assert [(item.pk == line.pk, int(item.percent), item.days) for item in term.lines.all()] == [
        (True, 60, 5),
        (False, 40, 50),
    ]
    term.refresh_from_db()
    data |= {"version": term.version, "lines-0-DELETE": "on", "lines-1-percent": "100"}
    assert staff.post(f"/payment-terms/{term.pk}/edit/", data).status_code == 302
    assert [(int(item.percent), item.days) for item in term.lines.all()] == [(100, 50)]


def test_a_document_needs_its_lines(staff: Client) -> None:
    empty = {"name": "Bare", "lines-TOTAL_FORMS": "0", "lines-INITIAL_FORMS": "0"}
    assert staff.post("/payment-terms/new/", empty).status_code == 422
    assert not PaymentTerm.objects.filter(name="Bare").exists()


def test_adding_a_line_without_javascript_judges_nothing(staff: Client) -> None:
    response = staff.post(
        "/payment-terms/new/", {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "_add_line": "1"}
    )
    assert response.status_code == 200
    assert len(response.context["lines"]["forms"]) == 2
    assert not response.context["form"].errors
    assert not PaymentTerm.objects.exists()


def test_a_line_of_another_company_is_not_taken_over(staff: Client, company: Company) -> None:
    foreign = PaymentTermFactory(company=CompanyFactory())
    term = PaymentTermFactory(company=company)
    (stolen,) = foreign.lines.all()
    data = {
        "name": term.name,
        "version": term.version,
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "1",
        "lines-0-id": stolen.pk,
        "lines-0-percent": "100",
        "lines-0-days": "1",
    }
    assert staff.post(f"/payment-terms/{term.pk}/edit/", data).status_code == 302
    stolen.refresh_from_db()
    assert (stolen.term_id, stolen.days) == (foreign.pk, 30)


def test_two_editors_meet_on_the_conflict_page(staff: Client, company: Company) -> None:
    party = PartyFactory(company=company, name="Before", code="C-9")
    url = f"/parties/{party.pk}/edit/"
    old = {"name": "Mine", "kind": "organisation", "code": "C-9", "version": party.version}
    staff.post(url, {"name": "Theirs", "kind": "organisation", "code": "C-9", "version": party.version})
    response = staff.post(url, old)
    assert response.status_code == 409
    rows = {row["label"]: row for row in response.context["rows"]}
    assert (rows["Name"]["mine"], rows["Name"]["theirs"], rows["Name"]["differs"]) == ("Mine", "Theirs", True)
    assert rows["Code"]["differs"] is False
    party.refresh_from_db()
    assert (party.name, party.version) == ("Theirs", 2)
    assert staff.post(url, dict(response.context["overwrite_hidden"])).status_code == 302
    party.refresh_from_db()
    assert (party.name, party.version) == ("Mine", 3)


def test_a_form_without_a_version_never_overwrites(staff: Client, company: Company) -> None:
    party = PartyFactory(company=company, name="Kept")
    response = staff.post(f"/parties/{party.pk}/edit/", {"name": "Blind", "kind": "organisation"})
    assert response.status_code == 409
    party.refresh_from_db()
    assert party.name == "Kept"


def test_one_field_is_judged_when_left(staff: Client) -> None:
    bad = staff.post("/parties/validate/", {"field": "email", "email": "no mail"})
    assert (bad.status_code, bad.context["errors"]) == (200, ["Enter a valid email address."])
    good = staff.post("/parties/validate/", {"field": "email", "email": "a@b.example"})
    assert (good.status_code, good.context["errors"]) == (200, [])
    line = staff.post("/payment-terms/validate/", {**TERM, "lines-0-percent": "much", "field": "lines-0-percent"})
    assert line.context["errors"] == ["Enter a number."]


def test_choices_stay_within_the_company(staff: Client, company: Company) -> None:
    foreign = PartyFactory(company=CompanyFactory())
    response = staff.post("/parties/new/", {"name": "Child", "kind": "organisation", "parent": foreign.pk})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["parent"]


def test_create_takes_defaults_from_the_address(staff: Client) -> None:
    page = staff.get("/parties/new/?name=Given&company=5&is_supplier=on")
    assert page.context["form"]["name"].value() == "Given"
    assert "company" not in page.context["form"].fields


def test_an_action_with_a_form(staff: Client, company: Company) -> None:
    party = PartyFactory(company=company)
    url = f"/parties/{party.pk}/actions/add_contact/"
    assert staff.get(url).status_code == 200
    assert staff.post(url, {"kind": "email"}).status_code == 422
    refused = staff.post(url, {"kind": "phone", "value": "no phone"})
    assert refused.status_code == 422
    assert "value" in refused.context["form"].errors
    assert staff.post(url, {"kind": "email", "value": "x@y.example"}).url == f"/parties/{party.pk}/"
    assert list(party.contact_points.values_list("value", flat=True)) == ["x@y.example"]
    assert staff.get(f"/parties/{party.pk}/actions/nothing/").status_code == 404


def test_lines_that_nobody_changed_are_no_conflict(staff: Client, company: Company) -> None:
    staff.post("/payment-terms/new/", {**TERM, "idempotency_key": key_of(staff.get("/payment-terms/new/"))})
    term = PaymentTerm.objects.get(name="Half and half")
    first, second = term.lines.order_by("pk")
    data = {**TERM, "version": term.version, "lines-0-id": first.pk, "lines-1-id": second.pk}
    PaymentTerm.objects.filter(pk=term.pk).update(name="Theirs", version=term.version + 1)
    page = staff.post(f"/payment-terms/{term.pk}/edit/", {**data, "name": "Mine", "lines-INITIAL_FORMS": "2"})
    assert page.status_code == 409
    assert [row["label"] for row in page.context["rows"] if row["differs"]] == ["Name"]


def test_history_tells_who_changed_what(staff: Client, company: Company) -> None:
    party = PartyFactory(company=company, name="Old")
    staff.post(f"/parties/{party.pk}/edit/", {"name": "New", "kind": "organisation", "version": 1})
    entries = staff.get(f"/parties/{party.pk}/history/").context["entries"]
    assert (entries[0]["by"], entries[0]["action"]) == ("Ada Example", "Changed")
    changes = {change.label: (change.before, change.after) for change in entries[0]["changes"]}
    assert changes["Name"] == ("Old", "New")
