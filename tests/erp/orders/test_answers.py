"""The customer's answer: accepted, declined, too late; one order whatever happens."""

import datetime as dt
from decimal import Decimal

import pytest

from core.access.enums import Role
from core.documents.references import RecordRef
from core.errors import InvalidInputError, WrongStateError
from erp.orders.consequences import quotation_accepted
from erp.orders.enums import OrderStatus, QuotationStatus
from erp.orders.errors import AlreadyOrderedError, QuotationExpiredError
from erp.orders.models import SalesOrder
from erp.orders.operations import (
    accept_quotation,
    cancel_sales_order,
    create_sales_order,
    decline_quotation,
    expire_quotations,
    revise_quotation,
)
from tests.factories.company import user_with
from tests.factories.orders import NOW, Shop

pytestmark = pytest.mark.django_db
D = Decimal
DEAL = RecordRef("testing.deal", 1)


def accept(quotation, now=NOW, user=None, **extra):
    given = {"name": "Ada Lovelace", "consent": True, **extra}
    return accept_quotation(quotation_id=quotation.pk, user=user, now=now, **given)


def test_acceptance_makes_one_draft_order_with_what_was_offered():
    shop = Shop()
    shop.stock((20, 8))
    quotation = shop.sent(shop.line(15, discount_percent=D(5)), freight_amount=D(10), reference="PO 1")
    shop.item.list_price = D(99)
    shop.item.save()
    order = accept(quotation, address_hash="ab" * 32, user_agent="Firefox")
    assert accept(quotation) == order
    assert SalesOrder.objects.get() == order
    assert (order.status, order.number, order.quotation) == (OrderStatus.DRAFT, None, quotation)
    assert (order.net_amount, order.tax_amount, order.total_amount) == (D("295.00"), D("59.00"), D("354.00"))
    assert (order.reference, order.freight_amount, order.source) == ("PO 1", D(10), RecordRef.of(quotation))
    assert [(line.quantity, line.stock_quantity, line.needs_delivery) for line in order.lines.all()] == [(15, 15, True)]
    quotation.refresh_from_db()
    assert (quotation.status, quotation.answered_name, quotation.consent_given) == ("accepted", "Ada Lovelace", True)
    assert (quotation.answered_at, quotation.answered_by) == (NOW, None)
    assert (quotation.answer_address_hash, quotation.answer_user_agent) == ("ab" * 32, "Firefox")


@pytest.mark.parametrize(("given", "field"), [({"name": " "}, "name"), ({"consent": False}, "consent")])
def test_a_customer_signs_with_name_and_consent(given, field):
    shop = Shop()
    quotation = shop.sent(shop.line(1))
    with pytest.raises(InvalidInputError) as refusal:
        accept(quotation, **given)
    assert refusal.value.field == field
    seller = user_with(Role.SALESPERSON, shop.company)
    assert accept(quotation, user=seller, **given).created_by == seller


def test_the_last_day_still_counts_and_the_next_does_not():
    shop = Shop(time_zone="Asia/Shanghai")
    until = dt.date(2026, 3, 20)
    first, second = (shop.sent(shop.line(1), valid_until=until) for _ in range(2))
    accept(first, now=dt.datetime(2026, 3, 20, 15, 59, tzinfo=dt.UTC))
    late = dt.datetime(2026, 3, 20, 16, 1, tzinfo=dt.UTC)
    with pytest.raises(QuotationExpiredError):
        accept(second, now=late)
    with pytest.raises(QuotationExpiredError):
        decline_quotation(quotation_id=second.pk, user=None, now=late, reason="late")
    assert expire_quotations(now=late) == 1
    assert expire_quotations(now=late) == 0
    second.refresh_from_db()
    assert second.status == QuotationStatus.EXPIRED
    with pytest.raises(QuotationExpiredError):
        accept(second)
    assert revise_quotation(quotation_id=second.pk, user=None, now=late).valid_until == dt.date(2026, 3, 26)


def test_only_a_sent_quotation_can_be_answered():
    shop = Shop()
    draft, declined, superseded = shop.quotation(shop.line(1)), shop.sent(shop.line(1)), shop.sent(shop.line(1))
    decline_quotation(quotation_id=declined.pk, user=None, now=NOW, reason="Too dear")
    revise_quotation(quotation_id=superseded.pk, user=None, now=NOW)
    for quotation in (draft, declined, superseded):
        with pytest.raises(WrongStateError):
            accept(quotation)
    accepted = shop.sent(shop.line(1))
    accept(accepted)
    for quotation in (draft, accepted, superseded):
        with pytest.raises(WrongStateError):
            decline_quotation(quotation_id=quotation.pk, user=None, now=NOW, reason="No")


def test_declining_needs_a_reason_and_is_final():
    shop = Shop()
    quotation = shop.sent(shop.line(1))
    with pytest.raises(InvalidInputError):
        decline_quotation(quotation_id=quotation.pk, user=None, now=NOW, reason=" ")
    done = decline_quotation(quotation_id=quotation.pk, user=None, now=NOW, reason=" Too dear ", name="Bob")
    again = decline_quotation(quotation_id=quotation.pk, user=None, now=NOW, reason="Other")
    assert (done.status, done.decline_reason, done.answered_name) == ("declined", "Too dear", "Bob")
    assert again.decline_reason == "Too dear"
    assert not SalesOrder.objects.exists()


def test_an_order_of_the_deal_that_came_first_is_the_order():
    shop = Shop()
    quotation = shop.sent(shop.line(15), source=DEAL)
    won = shop.draft(shop.line(2), source=DEAL)
    assert accept(quotation) == won
    won.refresh_from_db()
    assert (won.quotation, won.net_amount) == (quotation, D("40.00"))
    assert SalesOrder.objects.count() == 1


def test_winning_the_deal_afterwards_finds_the_order_of_the_quotation():
    shop = Shop()
    order = accept(shop.sent(shop.line(15), source=DEAL))
    assert order.source == DEAL
    assert shop.draft(shop.line(2), source=DEAL) == order


def test_what_wins_the_deal_within_acceptance_orders_what_was_accepted():
    shop = Shop()
    made = []

    def win(*, quotation, user, now):
        lines = [shop.line(99)]
        made.append(
            create_sales_order(
                company_id=shop.company.pk,
                party_id=shop.customer.pk,
                lines=lines,
                user=user,
                now=now,
                source=quotation.source,
            )
        )

    quotation_accepted.register(win)
    try:
        order = accept(shop.sent(shop.line(15), source=DEAL))
    finally:
        quotation_accepted._functions.remove(win)
    assert made == [order]
    assert order.lines.get().quantity == 15
    assert SalesOrder.objects.count() == 1


def test_a_second_quotation_of_an_ordered_deal_is_refused_until_the_order_is_cancelled():
    shop = Shop()
    first, second = shop.sent(shop.line(1), source=DEAL), shop.sent(shop.line(2), source=DEAL)
    order = accept(first)
    with pytest.raises(AlreadyOrderedError):
        accept(second)
    cancel_sales_order(sales_order_id=order.pk, user=None, now=NOW)
    assert accept(second).quotation == second


def test_a_cancelled_order_of_an_accepted_quotation_is_not_made_again():
    shop = Shop()
    quotation = shop.sent(shop.line(1))
    order = accept(quotation)
    cancel_sales_order(sales_order_id=order.pk, user=None, now=NOW)
    assert accept(quotation) == order
    assert SalesOrder.objects.count() == 1
