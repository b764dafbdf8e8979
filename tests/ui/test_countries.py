"""A country's code is one that a country has, by whatever door it comes."""

from typing import Any

import phonenumbers
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from core.company.countries import COUNTRIES, validate_country
from core.company.models import Company
from core.errors import InvalidInputError
from core.parties.models import Party, TaxId
from core.parties.operations import add_tax_id
from core.ui.import_kinds import countries
from core.ui.resource import Caller
from tests.factories.parties import PartyFactory

pytestmark = pytest.mark.django_db
NOT_COUNTRIES = ("QQ", "XX", "ZZ", "EU", "UK", "12", "D", "DEU", "²²")
# Parts of a country that have numbers of their own and no code of ISO 3166-1.
ONLY_PHONES = {"AC", "TA"}
NO_PHONES = {"AQ", "BV", "GS", "HM", "PN", "TF", "UM"}


def test_the_list_is_whole() -> None:
    regions = set(phonenumbers.SUPPORTED_REGIONS)
    assert (regions - set(COUNTRIES), set(COUNTRIES) - regions, len(COUNTRIES)) == (ONLY_PHONES, NO_PHONES, 250)


@pytest.mark.parametrize("code", NOT_COUNTRIES)
def test_no_code_but_a_countrys(code: str) -> None:
    with pytest.raises(ValidationError, match="is no country"):
        validate_country(code)


def test_every_form_refuses_what_is_no_country(company: Company, staff: Client, api: Any) -> None:
    party = PartyFactory(company=company, country="DE")
    page = staff.post("/parties/new/", {"name": "Nowhere", "kind": "organisation", "country": "QQ"})
    said = ["QQ is no country's code. Use its two letters of ISO 3166, such as DE or CN."]
    assert (page.status_code, page.context["form"].errors["country"]) == (422, said)
    assert not Party.objects.filter(name="Nowhere").exists()
    for act, data in (("add_address", {"kind": "main", "street": "1 Road"}), ("add_tax_id", {"number": "123"})):
        page = staff.post(f"/parties/{party.pk}/actions/{act}/", {**data, "country": "QQ"})
        assert (page.status_code, page.context["form"].errors["country"]) == (422, said), act
    for path, body in (
        ("parties/", {"name": "Nowhere", "kind": "organisation", "country": "qq"}),
        ("leads/", {"name": "Nowhere", "country": "QQ"}),
        ("tax-rules/", {"direction": "sale", "country": "QQ", "priority": 1}),
    ):
        answer = api("post", path, body)
        assert answer.status_code == 422, (path, answer.content)
        assert "country" in [error["field"] for error in answer.json()["errors"]], (path, answer.json())
    assert api("patch", f"parties/{party.pk}/", {"country": "QQ"}).status_code == 422
    assert api("patch", f"parties/{party.pk}/", {"country": "xk"}).status_code == 200


def test_operations_refuse_it_too(company: Company) -> None:
    party = PartyFactory(company=company)
    with pytest.raises(InvalidInputError, match="QQ is no country's code"):
        add_tax_id(party=party, user=None, now=timezone.now(), country="QQ", number="123")
    assert not TaxId.objects.filter(party=party).exists()
    company.country = "QQ"
    with pytest.raises(ValidationError, match="is no country's code"):
        company.full_clean()


def test_an_import_offers_countries_only(caller: Caller) -> None:
    assert set(countries(caller).values()) == set(COUNTRIES)
