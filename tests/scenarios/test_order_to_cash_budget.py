"""How many statements order to cash takes. One more is a round trip more for every order: it needs a reason."""

import pytest

from bench import order_to_cash as bench
from core.company.tenancy import use_companies

BUDGET = {"quote": 9, "confirm": 9, "deliver": 34, "invoice": 7, "post": 23, "pay": 13}

pytestmark = pytest.mark.django_db(transaction=True)


def test_order_to_cash_takes_no_more_statements_than_it_needs():
    shop = bench.new_shop()
    with use_companies([shop.company_id]):
        bench.order_to_cash(shop, bench.DRAFT_WAY)  # the first sets up what a company has once
        counts = bench.counted(shop, bench.DRAFT_WAY)
    assert {step: count for step, count in counts.items() if count > BUDGET[step]} == {}
