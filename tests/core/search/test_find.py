"""What the palette and the lists find by."""

import pytest

from core.company.models import Company
from core.parties.models import Party
from core.search.queries import find
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
