"""The day on which something happens is the company's, wherever the server is."""

import datetime as dt

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.access.enums import Role
from core.access.middleware import PreferencesMiddleware
from core.company.models import Company
from erp.purchasing.operations import receive_purchase_order
from tests.factories.company import CompanyFactory, user_with
from tests.factories.inventory import company_with_stock, stocked_item
from tests.factories.purchasing import line, purchase_order
from tests.ui.conftest import api_client

pytestmark = pytest.mark.django_db
EVENING = dt.datetime(2026, 3, 10, 18, tzinfo=dt.UTC)
MORNING_AFTER = dt.date(2026, 3, 11)


@pytest.fixture
def shanghai() -> Company:
    return CompanyFactory(time_zone="Asia/Shanghai")


@pytest.mark.parametrize(("own", "day"), [("", MORNING_AFTER), ("America/New_York", dt.date(2026, 3, 10))])
def test_pages_stand_in_the_time_zone_of_the_company_unless_the_reader_chose_one(shanghai, own, day):
    request = HttpRequest()
    request.user, request.company = user_with(Role.BUYER, shanghai, time_zone=own), shanghai
    with time_machine.travel(EVENING, tick=False):
        answer = PreferencesMiddleware(lambda _: HttpResponse(str(timezone.localdate())))(request)
    assert answer.content.decode() == str(day)


def test_reports_of_the_api_end_on_the_day_of_the_company(shanghai):
    call = api_client(user_with(Role.ACCOUNTANT, shanghai))
    with time_machine.travel(EVENING, tick=False):
        assert call("get", "reports/trial-balance/").json()["as_of"] == str(MORNING_AFTER)


def test_a_receipt_bears_the_day_of_the_company():
    company = company_with_stock(time_zone="Asia/Shanghai")
    order = purchase_order(company, line(stocked_item(company), 1, "5"))
    receipt = receive_purchase_order(purchase_order_id=order.pk, user=None, now=EVENING)
    assert receipt.document_date == MORNING_AFTER
