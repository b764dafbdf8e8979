"""The paper of a purchase order, which goes to the supplier: frozen when it is confirmed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.documents.papers import papers_of, print_paper
from core.ui.tokens import create_token
from erp.purchasing.operations import confirm_purchase_order
from tests.factories.catalog import vat
from tests.factories.company import user_with
from tests.factories.inventory import NOW, company_with_stock, stocked_item
from tests.factories.parties import SupplierFactory
from tests.factories.purchasing import line, purchase_order

pytestmark = pytest.mark.django_db


def test_confirming_freezes_the_paper():
    company = company_with_stock(legal_name="Blue Lantern GmbH")
    vat(company, "20", "purchase")
    supplier = SupplierFactory(company=company, name="Harbour Mill")
    item = stocked_item(company, sku="W-1", name="Wood")
    order = purchase_order(
        company, line(item, 10, "8.00", discount_percent=Decimal(5)), party=supplier, confirmed=False,
        expected_date=dt.date(2026, 3, 20),
    )  # fmt: skip
    assert papers_of(order).count() == 0
    for _click in range(2):
        order = confirm_purchase_order(purchase_order_id=order.pk, user=None, now=NOW)
    supplier.name = "Renamed"
    supplier.save()
    paper = papers_of(order).get()
    assert paper.data["title"] == f"Purchase order {order.number}"
    assert (paper.data["seller"]["name"], paper.data["party"]["name"]) == ("Blue Lantern GmbH", "Harbour Mill")
    assert [(fact["label"], fact["value"]) for fact in paper.data["facts"]] == [
        ("Date", "1 Mar 2026"), ("Delivery by", "20 Mar 2026"), ("Deliver to", str(order.warehouse)),
    ]  # fmt: skip
    assert [cell["value"] for cell in paper.data["rows"][0]] == ["Wood", "10 pc", "8.00", "5 %", "76.00"]
    assert [row["value"] for row in paper.data["totals"]] == ["76.00", "15.20", "91.20 EUR"]
    assert bytes(print_paper(paper_id=paper.pk).content).startswith(b"%PDF")


def test_the_paper_speaks_the_supplier_s_language_and_is_on_the_api():
    company = company_with_stock()
    supplier = SupplierFactory(company=company, language="zh-hans")
    order = purchase_order(company, line(stocked_item(company), 1, "8.00"), party=supplier)
    paper = papers_of(order).get()
    assert (paper.language, paper.data["title"]) == ("zh-hans", f"采购订单 {order.number}")
    printed = print_paper(paper_id=paper.pk)
    _token, secret = create_token(user=user_with(Role.BUYER, company), now=timezone.now(), name="test")
    shown = Client().get(
        f"/api/v1/purchase-orders/{order.pk}/paper/",
        headers={"Authorization": f"Bearer {secret}", "X-Company": company.code},
    )
    assert (shown.status_code, shown.content) == (200, bytes(printed.content))
