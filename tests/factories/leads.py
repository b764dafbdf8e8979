"""Leads and the forms that capture them."""

import factory

from crm.leads.models import CaptureForm, Lead
from tests.factories.company import CompanyFactory


class LeadFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Lead

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Ada Example {n}")
    organisation_name = factory.Sequence(lambda n: f"Example Works {n}")
    email = factory.Sequence(lambda n: f"ada{n}@works{n}.example")
    score = 40


class CaptureFormFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CaptureForm

    company = factory.SubFactory(CompanyFactory)
    slug = factory.Sequence(lambda n: f"contact-{n}")
    title = "Talk to us"
    shown_fields = factory.LazyFunction(lambda: ["organisation_name", "phone", "message"])
