"""The integrated chain of the acceptance cases, C-1 to C-7 and C-10, and C-12 before accrual, over `/api/v1/` alone:
one person, one bearer token, from the first purchase to the aged receivables. Money travels as strings."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.ui.tokens import create_token
from crm.pipeline.setup import set_up_pipeline
from erp.banking.setup import set_up_banking
from erp.ledger.enums import AccountKey
from erp.ledger.models import PostingRule
from erp.orders.models import SalesOrder
from tests.factories.catalog import UnitFactory, vat
from tests.factories.company import MembershipFactory, UserFactory
from tests.factories.inventory import NOW, company_with_stock
from tests.scenarios.invariants import assert_all, assert_grni_equals_receipts
from tests.scenarios.orders import assert_interim_is_what_is_open

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
MARCH = {"date_from": "2026-03-01", "date_to": "2026-03-31"}


class Api:
    """Calls that must succeed answer their JSON; `refused` answers a problem."""

    def __init__(self) -> None:
        self.company = company_with_stock(code="case")
        acting = {"company_id": self.company.pk, "user": None, "now": NOW}
        set_up_banking(**acting)
        set_up_pipeline(**acting)
        vat(self.company)
        user = UserFactory()
        for role in Role:
            MembershipFactory(user=user, company=self.company, role=role)
        _token, secret = create_token(user=user, now=timezone.now(), name="chain", scopes="read write")
        self.client = Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, path: str, **params: Any) -> Any:
        response = self.client.get(f"/api/v1/{path}", params)
        assert response.status_code == 200, (path, response.content)
        return response.json()

    def send(self, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post(f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers)

    def post(self, path: str, key: str = "", **body: Any) -> Any:
        response = self.send(path, body, key)
        assert response.status_code in (200, 201), (path, response.content)
        return response.json()

    def change(self, path: str, **body: Any) -> Any:
        response = self.client.patch(f"/api/v1/{path}", body, content_type="application/json")
        assert response.status_code == 200, (path, response.content)
        return response.json()

    def refused(self, path: str, **body: Any) -> tuple[int, str, str]:
        """Status, code and field of the refusal, which also says what is wrong and what to do."""
        response = self.send(path, body)
        assert response["Content-Type"] == PROBLEM, response.content
        problem = response.json()
        assert problem["title"]
        assert problem["hint"]
        return response.status_code, problem["code"], problem.get("field", "")

    def buy(self, supplier: int, item: int, price: str, day: str) -> None:
        line = {"item": item, "quantity": "10", "unit_price": price}
        order = self.post("purchase-orders/", party=supplier, document_date=day, lines=[line])
        order = self.post(f"purchase-orders/{order['id']}/confirm/")
        (ordered,) = order["lines"]
        received = {"order_line_id": ordered["id"], "quantity": "10"}
        receipt = self.post("receipts/", order=order["id"], document_date=day, lines=[received])
        self.post(f"receipts/{receipt['id']}/post/")
        bill = self.post(f"purchase-orders/{order['id']}/bill/", document_date=day, supplier_number=f"S-{day}")
        self.post(f"supplier-invoices/{bill['result']['id']}/post/")

    def available(self, item: int) -> str:
        (level,) = self.get("stock-levels/", item=item)["results"]
        return level["available"]

    def account(self, key: AccountKey) -> str:
        return PostingRule.objects.get(company=self.company, key=key, item_category=None).account.code

    def balances(self, as_of: str, *keys: AccountKey) -> dict[AccountKey, str]:
        rows = {row["code"]: row["closing"] for row in self.get("reports/trial-balance/", as_of=as_of)["rows"]}
        return {key: rows.get(self.account(key), "0.00") for key in keys}


@pytest.fixture
def api() -> Api:
    return Api()


def money(record: dict[str, Any]) -> tuple[str, str, str]:
    return record["net_amount"], record["tax_amount"], record["total_amount"]


def test_lead_to_cash_over_the_api(api: Api) -> None:
    unit = UnitFactory(company=api.company)
    item = api.post(
        "items/", sku="A", name="Lamp", unit=unit.pk, list_price="20.00", costing_method="fifo", external_id="lamp"
    )["id"]
    supplier = api.post("parties/", name="Werkstatt Sund", is_supplier=True)["id"]
    api.buy(supplier, item, "8.00", "2026-03-01")
    api.buy(supplier, item, "9.50", "2026-03-10")

    # A lead becomes a customer and a deal of 15 at 20.00 less 5 %.
    lead = api.post("leads/", name="Ada Brandt", organisation_name="Nordlicht GmbH", email="ada@nordlicht.example")
    assert api.post(f"leads/{lead['id']}/qualify/")["status"] == "qualified"
    lead = api.post(f"leads/{lead['id']}/convert/", deal_title="D")
    assert (lead["status"], lead["result"]["type"]) == ("converted", "deals")
    deal, customer = f"deals/{lead['deal']}/", lead["party"]
    changed = api.change(deal, lines=[{"item": item, "quantity": "15", "discount_percent": "5"}])
    assert changed["amount"] == "285.00"
    terms = api.post("payment-terms/", name="30 days", lines=[{"percent": "100", "days": 30}])
    api.change(f"parties/{customer}/", payment_term=terms["id"])

    # C-1: a quotation, then won twice by clicks and twice with one key: one order. Confirming reserves 15 of 20.
    quotation = api.post(f"{deal}quote/")["result"]
    quotation = api.post(f"quotations/{quotation['id']}/send/")
    assert (quotation["status"], *money(quotation)) == ("sent", "285.00", "57.00", "342.00")
    wins = [api.send(f"{deal}win/", key=key) for key in ("", "", "k1", "k1")]
    assert [(answer.status_code, answer.json()["status"]) for answer in wins] == [(200, "won")] * 4
    assert [answer.headers.get("Idempotent-Replayed") for answer in wins] == [None, None, None, "true"]
    assert wins[2].json() == wins[3].json()
    (order,) = api.get("sales-orders/")["results"]
    assert (order["status"], *money(order)) == ("draft", "285.00", "57.00", "342.00")
    assert api.post(f"quotations/{quotation['id']}/accept/", name="Ada Brandt")["status"] == "accepted"
    assert SalesOrder.objects.count() == 1
    assert api.available(item) == "20"
    order = api.post(f"sales-orders/{order['id']}/confirm/")
    assert (order["status"], api.available(item)) == ("confirmed", "5")

    # C-2: ship 12.
    path, (line,) = f"sales-orders/{order['id']}/", order["lines"]
    part = [{"order_line_id": line["id"], "quantity": "12"}]
    first = api.post(f"{path}deliver/", lines=part, document_date="2026-03-15")["result"]["id"]
    assert api.post(f"deliveries/{first}/ship/", ship_date="2026-03-15")["status"] == "shipped"
    assert api.balances("2026-03-15", AccountKey.STOCK_INTERIM) == {AccountKey.STOCK_INTERIM: "99.00"}

    # C-3: invoice what was shipped, due in 30 days; the same key posts once.
    invoice = api.post(f"{path}invoice/", document_date="2026-03-15")["result"]["id"]
    posted, again = (api.post(f"sales-invoices/{invoice}/post/", key="post") for _try in range(2))
    assert posted == again
    assert (*money(posted), posted["due_date"]) == ("228.00", "45.60", "273.60", "2026-04-14")
    wanted = {AccountKey.COGS: "99.00", AccountKey.STOCK_INTERIM: "0.00"}
    assert api.balances("2026-03-15", *wanted) == wanted

    # C-4: 200.00 come in and are allocated.
    payment = api.post("payments/", kind="received", party=customer, amount="200.00", document_date="2026-03-20")
    payment = api.post(f"payments/{payment['id']}/post/")
    settled = [{"sales_invoice": invoice, "amount": "200.00"}]
    api.post(f"payments/{payment['id']}/allocate/", allocations=settled, effective_date="2026-03-20")
    assert api.get(f"sales-invoices/{invoice}/")["open_amount"] == "73.60"

    # C-5: two come back as new; their credit note is written, and posting it leaves 28.00 open.
    (shipped,) = api.get(f"deliveries/{first}/")["lines"]
    back = [{"delivery_line_id": shipped["id"], "quantity": "2", "condition": "resale"}]
    taken = api.post(f"deliveries/{first}/return/", lines=back, return_date="2026-03-25")["result"]
    assert taken["type"] == "sales-returns"
    (credit,) = api.get("sales-invoices/", kind="credit_note", status="draft")["results"]
    credit = api.post(f"sales-invoices/{credit['id']}/post/")
    assert (*money(credit), credit["document_date"]) == ("38.00", "7.60", "45.60", "2026-03-25")

    # C-6: ship the 3 that were left.
    second = api.post(f"{path}deliver/", document_date="2026-03-31")["result"]["id"]
    api.post(f"deliveries/{second}/ship/", ship_date="2026-03-31")
    on_hand = api.get("reports/stock-on-hand/", as_of="2026-03-31")
    assert [(row["item"], row["on_hand"], row["value"]) for row in on_hand["rows"]] == [(item, "7", "64.00")]

    # C-7: the trial balance of 31 March.
    wanted = {
        AccountKey.INVENTORY: "64.00",
        AccountKey.RECEIVABLE: "28.00",
        AccountKey.BANK: "200.00",
        AccountKey.COGS: "82.50",
        AccountKey.STOCK_INTERIM: "28.50",
        AccountKey.PAYABLE: "-175.00",
        AccountKey.REVENUE: "-190.00",
        AccountKey.OUTPUT_TAX: "-38.00",
        AccountKey.GRNI: "0.00",
    }
    assert api.balances("2026-03-31", *wanted) == wanted
    totals = api.get("reports/trial-balance/", as_of="2026-03-31")["totals"]
    assert (totals["debit_balance"], totals["credit_balance"]) == ("403.00", "403.00")

    # C-12 before accrual: March's revenue is the invoice and the credit note.
    result = api.get("reports/income-statement/", **MARCH)["results"]
    assert (result["gross_profit"], result["net_profit"]) == ("107.50", "107.50")
    (revenue,) = api.get("reports/general-ledger/", account=api.account(AccountKey.REVENUE), **MARCH)["accounts"]
    rows = [(row["source_number"], row["debit"], row["credit"]) for row in revenue["lines"]]
    assert rows == [(posted["number"], "0.00", "228.00"), (credit["number"], "38.00", "0.00")]
    assert revenue["closing"] == "-190.00"

    # C-10: what was owed on 31 March stays what it was after April's payment.
    rest = api.post("payments/", kind="received", party=customer, amount="28.00", document_date="2026-04-09")
    api.post(f"payments/{rest['id']}/post/")
    api.post(f"payments/{rest['id']}/allocate/", effective_date="2026-04-09")
    (aged,) = api.get("reports/aged-receivables/", as_of="2026-03-31")["rows"]
    assert (aged["party"], aged["buckets"][0], aged["total"]) == (customer, "28.00", "28.00")
    assert api.get("reports/aged-receivables/", as_of="2026-04-30")["totals"]["total"] == "0.00"
    sheet = api.get("reports/balance-sheet/", as_of="2026-04-30")
    assert (sheet["balanced"], sheet["earnings"]) == (True, "107.50")
    assert_all(api.company)
    assert_grni_equals_receipts(api.company)
    assert_interim_is_what_is_open(api.company)


def test_every_refusal_says_what_is_wrong_and_what_to_do(api: Api) -> None:
    unit = UnitFactory(company=api.company)
    item = api.post("items/", sku="A", name="Lamp", unit=unit.pk, list_price="20.00")["id"]
    customer = api.post("parties/", name="Nordlicht GmbH", is_customer=True)["id"]
    line = {"item": item, "quantity": "3"}

    # The input: a name that nobody reads, values of the wrong kind, on the line they stand on.
    assert api.refused("sales-orders/", party=customer, colour="red") == (400, "unknown_field", "colour")
    assert api.refused("sales-orders/", party=customer, lines=[{**line, "quantity": "three"}]) == (
        422, "invalid", "lines[0].quantity",
    )  # fmt: skip
    assert api.refused("sales-orders/", lines=[line]) == (422, "invalid", "party")
    assert api.refused("sales-orders/999999/confirm/") == (404, "not_found", "")
    assert api.refused("sales-orders/999999/fly/") == (404, "not_found", "")

    # The act: nothing there to ship, too much money, the same key for something else, a version that is gone.
    order = api.post("sales-orders/", key="o-1", party=customer, lines=[line])
    assert api.post("sales-orders/", key="o-1", party=customer, lines=[line])["id"] == order["id"]
    other = api.send("sales-orders/", {"party": customer, "lines": [{**line, "quantity": "4"}]}, key="o-1")
    assert (other.status_code, other.json()["code"], other["Content-Type"]) == (409, "idempotency_mismatch", PROBLEM)
    stale = {"reference": "x", "version": order["version"] + 7}
    changed = api.client.patch(f"/api/v1/sales-orders/{order['id']}/", stale, content_type="application/json")
    assert (changed.status_code, changed.json()["code"]) == (409, "conflict")
    path = f"sales-orders/{order['id']}/"
    api.post(f"{path}confirm/")
    assert api.refused(f"{path}deliver/") == (422, "nothing_to_deliver", "lines")
    payment = api.post("payments/", kind="received", party=customer, amount="10.00", document_date="2026-03-20")
    payment = api.post(f"payments/{payment['id']}/post/")
    invoice = api.post(f"{path}invoice/", basis="ordered", document_date="2026-03-20")["result"]["id"]
    invoice = api.post(f"sales-invoices/{invoice}/post/")
    too_much = [{"sales_invoice": invoice["id"], "amount": "11.00"}]
    assert api.refused(f"payments/{payment['id']}/allocate/", allocations=too_much) == (
        422, "over_allocated", "allocations",
    )  # fmt: skip
    assert api.refused(f"payments/{payment['id']}/allocate/", allocations=[{"amount": "1.00"}]) == (
        422, "invalid", "allocations",
    )  # fmt: skip
    assert SalesOrder.objects.count() == 1
