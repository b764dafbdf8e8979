"""Parties: spelling, creation, duplicates."""

import pytest
from django.utils import timezone, translation

from core.company.tenancy import use_companies
from core.errors import ConflictError, InvalidInputError
from core.parties.duplicates import duplicate_candidates
from core.parties.letterhead import address_lines
from core.parties.models import ContactPoint, Party
from core.parties.normalise import domain_of, normal_bank_account, normal_phone, normal_tax_id
from core.parties.operations import add_bank_account, add_tax_id, create_party, update_party
from tests.factories.company import CompanyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def acting():
    return {"user": UserFactory(), "now": timezone.now()}


@pytest.fixture
def company():
    return CompanyFactory()


def test_a_party_comes_with_its_contact_points_in_one_spelling(company, acting):
    party = create_party(
        company_id=company.pk, name="Nordlicht GmbH", country="DE", email="Info@Nordlicht.Example",
        phone="030 1234567", website="nordlicht.example", **acting,
    )  # fmt: skip
    points = dict(party.contact_points.values_list("kind", "value"))
    assert points == {
        "email": "info@nordlicht.example",
        "phone": "+49301234567",
        "web": "https://nordlicht.example",
    }


def test_a_refused_phone_leaves_no_party_behind(company, acting):
    with pytest.raises(InvalidInputError, match="not a phone number"):
        create_party(company_id=company.pk, name="Nordlicht", phone="call me", **acting)
    assert Party.objects.count() == 0


def test_legacy_phones_are_kept_as_written(company, acting):
    party = create_party(company_id=company.pk, name="Nordlicht", phone="(5) 555", strict=False, **acting)
    assert party.contact_points.get().value == "(5) 555"


def test_a_new_mail_address_replaces_the_primary_one(company, acting):
    party = create_party(company_id=company.pk, name="Nordlicht", email="old@example.com", **acting)
    changed = update_party(party_id=party.pk, email="new@example.com", name="Nordlicht AG", **acting)
    assert (changed.name, changed.version) == ("Nordlicht AG", 2)
    assert list(party.contact_points.values_list("value", flat=True)) == ["new@example.com"]


def test_two_editors_notice_each_other(company, acting):
    party = create_party(company_id=company.pk, name="Nordlicht", **acting)
    update_party(party_id=party.pk, name="First", expected_version=1, **acting)
    with pytest.raises(ConflictError) as refusal:
        update_party(party_id=party.pk, name="Second", expected_version=1, **acting)
    assert refusal.value.current_version == 2
    assert Party.objects.get().name == "First"


def test_a_second_external_id_is_refused(company, acting):
    create_party(company_id=company.pk, name="One", external_id="A1", **acting)
    with pytest.raises(InvalidInputError):
        create_party(company_id=company.pk, name="Two", external_id="A1", **acting)


@pytest.mark.parametrize(
    ("values", "search", "reasons"),
    [
        ({"name": "Nordlicht Maschinenbau GmbH"}, {"name": "Nordlicht Maschinenbau"}, ("name",)),
        ({"name": "A", "email": "jo@nordlicht.example"}, {"emails": ["JO@nordlicht.example"]}, ("domain", "email")),
        ({"name": "A", "email": "jo@nordlicht.example"}, {"domains": ["www.nordlicht.example"]}, ("domain",)),
        ({"name": "A", "email": "jo@gmail.com"}, {"emails": ["sam@gmail.com"]}, None),
        ({"name": "A", "phone": "+49 30 1234567"}, {"phones": ["0049 (0)30 1234567"]}, ("phone",)),
        ({"name": "Nordlicht"}, {"name": "Southern Star"}, None),
    ],
)
def test_duplicates_are_found_by(company, acting, values, search, reasons):
    party = create_party(company_id=company.pk, **values, **acting)
    found = duplicate_candidates(company_id=company.pk, **search)
    assert [(c.party_id, c.reasons) for c in found] == ([(party.pk, reasons)] if reasons else [])


def test_duplicates_by_tax_id_come_first_and_exclude_oneself(company, acting):
    party = create_party(company_id=company.pk, name="Nordlicht", **acting)
    add_tax_id(party=party, country="DE", number="DE 136 695 976", **acting)
    assert duplicate_candidates(company_id=company.pk, tax_ids=["136695976"])[0].score == 1.0
    assert duplicate_candidates(company_id=company.pk, tax_ids=["136695976"], exclude_id=party.pk) == []


def test_duplicates_of_another_company_are_not_found(company, acting):
    create_party(company_id=company.pk, name="Nordlicht", **acting)
    other = CompanyFactory()
    with use_companies([other.pk]):
        assert duplicate_candidates(company_id=company.pk, name="Nordlicht") == []


def test_checksums_are_checked(company, acting):
    party = create_party(company_id=company.pk, name="Nordlicht", **acting)
    assert normal_bank_account("DE89 3704 0044 0532 0130 00") == "DE89370400440532013000"
    with pytest.raises(InvalidInputError, match="not a valid IBAN"):
        add_bank_account(party=party, iban="DE89 3704 0044 0532 0130 01", **acting)
    with pytest.raises(InvalidInputError, match="not a valid tax number"):
        normal_tax_id("DE", "DE136695977")
    assert normal_tax_id("CN", "91110000600037341L") == "91110000600037341L"


def test_spellings():
    assert normal_phone("030 1234567", "DE") == "+49301234567"
    assert domain_of("jo@www.example.com") == "example.com"
    assert domain_of("https://www.example.com:8080/about") == "example.com"


def test_the_same_contact_point_twice_is_one(company, acting):
    party = create_party(
        company_id=company.pk,
        name="Nordlicht",
        contact_points=[{"kind": "email", "value": "a@example.com"}] * 2,
        **acting,
    )
    assert ContactPoint.objects.filter(party=party).count() == 1


def test_a_letter_names_the_country_in_its_language(company, acting):
    address = {"kind": "main", "street": "Quay 1", "postal_code": "20457", "city": "Hamburg", "country": "DE"}
    party = create_party(company_id=company.pk, name="Nordlicht", addresses=[address], **acting)
    assert address_lines(party) == ["Quay 1", "20457 Hamburg", "Germany"]
    with translation.override("zh-hans"):
        assert address_lines(party)[-1] == "德国"
