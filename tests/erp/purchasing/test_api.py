"""A purchase over the API: order, confirm, receive in part, post, invoice; over the same operations as the screens."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.access.enums import Role
from core.access.models import User
from core.ui.tokens import create_token
from erp.inventory.models import ItemValuation
from erp.invoicing.models import SupplierInvoice
from tests.factories.company import MembershipFactory, UserFactory, user_with
from tests.factories.inventory import NOW, company_with_stock, stocked_item
from tests.factories.parties import SupplierFactory
from tests.scenarios.invariants import assert_all, assert_grni_equals_receipts

pytestmark = pytest.mark.django_db


def api_of(user: User) -> Any:
    _token, secret = create_token(user=user, now=NOW, name="test", scopes="read write")
    client = Client(headers={"Authorization": f"Bearer {secret}"})

    def send(path: str, body: dict[str, Any] | None = None, method: str = "post") -> Any:
        return getattr(client, method)(f"/api/v1/{path}", data=body or {}, content_type="application/json")

    return send


def test_order_receipt_invoice():
    company = company_with_stock()
    item, supplier = stocked_item(company, cost=Decimal("8.00")), SupplierFactory(company=company)
    user = UserFactory()
    for role in (Role.BUYER, Role.WAREHOUSE, Role.ACCOUNTANT):
        MembershipFactory(user=user, company=company, role=role)
    send = api_of(user)
    order = send(
        "purchase-orders/",
        {"party": supplier.pk, "document_date": "2026-03-01", "lines": [{"item": item.pk, "quantity": "10"}]},
    )
    assert order.status_code == 201, order.content
    path = f"purchase-orders/{order.json()['id']}/"
    confirmed = send(f"{path}confirm/").json()
    assert (confirmed["number"], confirmed["status"]) == ("PO-2026-00001", "confirmed")
    (line,) = confirmed["lines"]
    receipt = send(
        "receipts/",
        {
            "order": order.json()["id"],
            "document_date": "2026-03-05",
            "lines": [{"order_line_id": line["id"], "quantity": "4"}],
        },
    )
    assert receipt.status_code == 201, receipt.content
    posted = send(f"receipts/{receipt.json()['id']}/post/")
    assert (posted.status_code, posted.json()["number"]) == (200, "REC-2026-00001")
    assert ItemValuation.objects.get(item=item).value == Decimal("32.00")
    too_much = send(
        "receipts/", {"order": order.json()["id"], "lines": [{"order_line_id": line["id"], "quantity": "7"}]}
    )
    assert (too_much.status_code, too_much.json()["code"]) == (422, "over_receipt")
    assert send(f"{path}bill/", {"supplier_number": "S-1", "document_date": "2026-03-06"}).status_code == 200
    assert SupplierInvoice.objects.get().total_amount == Decimal("32.00")
    assert_all(company)
    assert_grni_equals_receipts(company)


def test_the_warehouse_does_not_order():
    company = company_with_stock()
    send = api_of(user_with(Role.WAREHOUSE, company))
    answer = send("purchase-orders/", {"party": SupplierFactory(company=company).pk, "lines": []})
    assert answer.status_code == 403
