"""The paper that goes with the goods: frozen when they leave, printed by the same job, without prices."""

import pytest

from core.documents.papers import papers_of, print_paper
from erp.orders.operations import deliver_sales_order
from tests.factories.orders import DAY, NOW, Shop

pytestmark = pytest.mark.django_db


def test_shipping_freezes_the_delivery_note():
    shop = Shop()
    shop.stock((10, "8"))
    order = shop.order(
        shop.line(5, "19.99"), reference="Hall 3", delivery_address=f"{shop.customer.name}\nQuay 1\n20457 Hamburg"
    )
    planned = shop.plan(order, 2)
    assert papers_of(planned).count() == 0
    delivery = shop.ship(order, 3)
    paper = papers_of(delivery).get()
    assert paper.data["title"] == f"Delivery note {delivery.number}"
    assert paper.data["party"] == {"name": shop.customer.name, "lines": ["Quay 1", "20457 Hamburg"]}
    assert [(fact["label"], fact["value"]) for fact in paper.data["facts"]] == [
        ("Date", "15 Mar 2026"), ("Order", order.number), ("Your reference", "Hall 3"),
    ]  # fmt: skip
    assert paper.data["rows"] == [[{"value": "Item A", "note": "A"}, {"value": "3 pc", "num": True}]]
    assert "totals" not in paper.data
    assert "19.99" not in str(paper.data)
    assert bytes(print_paper(paper_id=paper.pk).content).startswith(b"%PDF")


def test_one_act_freezes_it_too_in_the_language_of_the_customer():
    shop = Shop()
    shop.stock((10, "8"))
    shop.customer.language = "zh-hans"
    shop.customer.save()
    order = shop.order(shop.line(5, "20"))
    delivery = deliver_sales_order(sales_order_id=order.pk, ship_date=DAY, user=None, now=NOW)
    paper = papers_of(delivery).get()
    assert (paper.language, paper.data["title"]) == ("zh-hans", f"送货单 {delivery.number}")
