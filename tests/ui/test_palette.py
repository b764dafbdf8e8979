"""The palette: places, creations and records, each only as far as the role reaches; and what surrounds every page."""

import pytest
from django.test import Client

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company
from core.ui.nav import initials
from tests.factories.company import CompanyFactory, MembershipFactory, UserFactory, user_with
from tests.factories.parties import ContactPointFactory, PartyFactory
from tests.ui.conftest import SignIn, text_of

pytestmark = pytest.mark.django_db


def found(client: Client, text: str) -> dict[str, list[str]]:
    groups = client.get("/palette/", {"q": text}).context["groups"]
    return {group.label: [item.label for item in group.items] for group in groups}


def test_it_goes_anywhere_and_creates_anything(staff: Client) -> None:
    assert found(staff, "part") == {"Go to": ["Parties", "Party groups"], "Create": ["New Party", "New Party group"]}
    assert found(staff, "new party")["Create"][0] == "New Party"


def test_it_finds_records_by_name_and_by_what_hangs_on_them(staff: Client, company: Company) -> None:
    party = PartyFactory(company=company, name="Hafen Spedition")
    ContactPointFactory(party=party, kind="phone", value="+494211234567")
    for text in ("hafen", "Speditoin", "4211234", "HAFEN SPEDITION"):
        assert found(staff, text)["Records"] == ["Hafen Spedition"], text
    groups = staff.get("/palette/?q=hafen").context["groups"]
    assert groups[0].items[0].url == f"/parties/{party.pk}/"


def test_other_companies_and_hidden_models_are_not_found(
    staff: Client, company: Company, sign_in: SignIn, stranger_company: Company
) -> None:
    PartyFactory(company=stranger_company, name="Unsichtbar")
    assert "Records" not in found(staff, "unsichtbar")
    outsider = sign_in(UserFactory())
    assert outsider.get("/palette/?q=part").status_code == 403


def test_what_was_looked_at_last_comes_first(staff: Client, company: Company) -> None:
    first, second = (PartyFactory(company=company, name=name) for name in ("First", "Second"))
    for party in (first, second, first):
        staff.get(f"/parties/{party.pk}/")
    assert found(staff, "")["Recent"] == ["First", "Second"]


def test_a_fragment_and_a_page(staff: Client) -> None:
    assert "<html" in text_of(staff.get("/palette/?q=x"))
    assert "<html" not in text_of(staff.get("/palette/?q=x", headers={"HX-Request": "true"}))
    assert staff.get("/shortcuts/").status_code == 200
    assert Client().get("/palette/").status_code == 302


def test_the_sidebar_shows_what_the_role_may_see(company: Company, sign_in: SignIn) -> None:
    clerk = sign_in(user_with(Role.AUDITOR, company))
    page = clerk.get("/parties/")
    sections = page.context["nav"]()
    active = [item["label"] for section in sections for item in section["items"] if item["active"]]
    assert active == ["Parties"]
    assert all("/new/" not in item["url"] for section in sections for item in section["items"])
    assert [entry["label"] for entry in page.context["create_menu"]()] == []


def test_a_person_works_in_one_company_at_a_time(sign_in: SignIn, everyone: User, company: Company) -> None:
    other = CompanyFactory(name="Zweite")
    MembershipFactory(user=everyone, company=other, role=Role.DIRECTOR)
    client = sign_in(everyone)
    PartyFactory(company=other, name="Dort")
    assert [row.title for row in client.get("/parties/").context["rows"]] == []
    assert client.post("/preferences/company/", {"company": other.pk, "next": "/parties/"}).url == "/parties/"
    assert [row.title for row in client.get("/parties/").context["rows"]] == ["Dort"]
    assert client.post("/preferences/company/", {"company": CompanyFactory().pk}).status_code == 403


def test_preferences_take_known_values_only(staff: Client, everyone: User) -> None:
    response = staff.post(
        "/preferences/", {"theme": "dark", "density": "compact", "language": "zh-hans", "next": "/items/"}
    )
    everyone.refresh_from_db()
    assert (everyone.theme, everyone.density, everyone.language, response.url) == (
        "dark",
        "compact",
        "zh-hans",
        "/items/",
    )
    assert response.cookies["theme"].value == "dark"
    staff.post("/preferences/", {"theme": "pink", "language": "xx", "shortcuts_enabled": "0", "next": "//evil.example"})
    everyone.refresh_from_db()
    assert (everyone.theme, everyone.language, everyone.shortcuts_enabled) == ("dark", "zh-hans", False)


def test_every_page_carries_the_content_policy(staff: Client) -> None:
    for url in ("/parties/", "/parties/new/", "/parties/0/", "/palette/"):
        response = staff.get(url)
        policy = response["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "style-src 'self'" in policy
        assert "unsafe" not in policy
        assert response["Cache-Control"] == "private, no-cache"


def test_error_pages_say_what_to_do(staff: Client) -> None:
    response = staff.get("/parties/0/")
    assert response.status_code == 404
    assert response.context["request_id"]
    assert response.context["hint"]
    assert staff.get("/parties/99999999999999999999999/").status_code == 404


@pytest.mark.parametrize(
    ("name", "letters"), [("Ada Lovelace", "AL"), ("ada", "A"), ("", ""), ("王 小明", "王小"), ("a b c", "AC")]
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters
