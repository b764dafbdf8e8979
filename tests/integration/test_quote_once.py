"""A button that makes a document makes one, however often its page is sent."""

import re

import pytest

from core.access.enums import Role
from erp.orders.models import Quotation
from tests.factories.company import signed_in, user_with
from tests.factories.orders import Shop
from tests.factories.pipeline import DealFactory

pytestmark = pytest.mark.django_db


def test_a_quotation_is_written_once_for_a_page_that_is_sent_twice():
    shop = Shop()
    deal = DealFactory(company=shop.company, party=shop.customer, amount=100, currency=shop.company.currency)
    client = signed_in(user_with(Role.SALES_MANAGER, shop.company))
    url = f"/deals/{deal.pk}/actions/quote/"
    page = client.get(f"/deals/{deal.pk}/").content.decode()
    button = re.search(rf'action="{url}".*?name="idempotency_key" value="([^"]+)"', page, re.DOTALL)
    assert button is not None
    answers = [client.post(url, {"idempotency_key": button[1]}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url == f"/quotations/{Quotation.objects.get().pk}/"
