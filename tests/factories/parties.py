"""Parties and what hangs on them."""

import factory

from core.parties.models import Address, ContactPoint, Party, PartyGroup, PaymentTerm, PaymentTermLine
from tests.factories.company import CompanyFactory


class PartyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Party

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Party {n}")
    is_customer = True


class SupplierFactory(PartyFactory):
    is_customer = False
    is_supplier = True


class ContactPointFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContactPoint

    company = factory.SelfAttribute("party.company")
    party = factory.SubFactory(PartyFactory)
    kind = "email"
    value = factory.Sequence(lambda n: f"contact{n}@example.com")


class AddressFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Address

    company = factory.SelfAttribute("party.company")
    party = factory.SubFactory(PartyFactory)
    street = "1 Harbour Street"
    city = "Bremen"
    country = "DE"


class PartyGroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PartyGroup

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Group {n}")


class PaymentTermFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PaymentTerm
        skip_postgeneration_save = True

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Net {n}")

    @factory.post_generation
    def days(self, create: bool, extracted: int | None, **kwargs: object) -> None:
        if create:
            PaymentTermLine.objects.create(company=self.company, term=self, percent=100, days=extracted or 30)
