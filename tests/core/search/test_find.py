"""What the palette and the lists find by."""

import pytest
from django.db.models import QuerySet

from core.company.models import Company
from core.company.tenancy import use_companies
from core.parties.models import Party
from core.search import queries
from core.search.queries import find, matching
from tests.factories.company import CompanyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return CompanyFactory()


def titles(company: Company, text: str) -> list[str]:
    return [hit.title for hit in find(company.pk, text, limit=5)]


def test_a_word_of_hundreds_does_not_hide_the_record_of_that_name(company: Company) -> None:
    Party.objects.bulk_create(Party(company=company, name=f"Foundry Éspoo {n}") for n in range(400))
    Party.objects.bulk_create(Party(company=company, name=name) for name in ("Éspoo", "Espoo Nord"))
    assert titles(company, "espoo")[:2] == ["Éspoo", "Espoo Nord"]
    assert titles(company, "foundry espoo 399") == ["Foundry Éspoo 399"]


@pytest.mark.parametrize("text", ["100%", "a_b", "back\\slash", "发票"])
def test_a_text_is_no_pattern(company: Company, text: str) -> None:
    Party.objects.bulk_create(Party(company=company, name=name) for name in (f"{text} GmbH", "1000 aXb backslash"))
    assert titles(company, text) == [f"{text} GmbH"]


def test_a_slip_of_the_pen_is_forgiven_and_nothing_is_invented(company: Company) -> None:
    Party.objects.create(company=company, name="Dolomite Pottery")
    assert titles(company, "dolomit potery") == ["Dolomite Pottery"]
    assert (titles(company, "zqxv"), titles(company, "  ")) == ([], [])


def test_another_companys_records_are_not_found(company: Company) -> None:
    Party.objects.create(company=CompanyFactory(), name="Feldspar")
    assert titles(company, "feldspar") == []


def listed(company: Company, text: str) -> QuerySet[Party]:
    return matching(Party.objects.filter(company=company), company.pk, text)


def test_a_list_shows_all_that_match_however_many(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    Party.objects.bulk_create(Party(company=company, name=f"Foundry {n} 50%") for n in range(12))
    others = [Party(company=company, name=name) for name in ("Foundation", "500 Foundries", "50 % of Foundry")]
    Party.objects.bulk_create(others)
    assert [listed(company, text).count() for text in ("foundry", "FOUNDRY 1", " 50% ", "zqxv")] == [13, 3, 12, 0]
    monkeypatch.setattr(queries, "MANY", 5)
    assert listed(company, "foundry").count() == 13
    assert listed(company, "foundry").filter(name__endswith="50%").count() == 12
    assert listed(company, "foundri").count() == 1
    assert listed(company, "foundray").count() > 5, "a slip of the pen is forgiven here too"


def test_a_list_finds_nothing_of_another_company(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MANY", 0)
    Party.objects.create(company=company, name="Feldspar")
    with use_companies([CompanyFactory().pk]):
        assert list(matching(Party.objects.all(), company.pk, "feldspar")) == []
    assert [party.name for party in listed(company, "feldspar")] == ["Feldspar"]
