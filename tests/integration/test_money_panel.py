"""Everybody sees parties; what they owe is for those who may see invoices."""

import pytest

from core.access.enums import Role
from core.access.policies import may
from erp.invoicing.models import SalesInvoice
from tests.factories.company import CompanyFactory, signed_in, user_with
from tests.factories.parties import PartyFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", list(Role))
def test_the_money_of_a_customer_follows_the_policy_of_invoices(role):
    company = CompanyFactory()
    user = user_with(role, company)
    customer = PartyFactory(company=company, is_customer=True)
    page = signed_in(user).get(f"/parties/{customer.pk}/")
    shown = {panel["name"] for panel in page.context["panels_side"]}
    assert ("customer_money" in shown) == may(user, "view", SalesInvoice, company.pk)
