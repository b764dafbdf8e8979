"""Every kind of tax in the entries of both types of invoice, and credit notes that take them back to the cent, in
another currency too."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core.catalog.enums import NoTaxReason
from core.catalog.models import TaxSet
from core.documents.papers import papers_of
from erp.invoicing.operations import (
    credit_sales_invoice,
    credit_supplier_invoice,
    post_sales_invoice,
    post_supplier_invoice,
    update_sales_invoice,
)
from erp.ledger.enums import AccountKey
from erp.ledger.models import Account, JournalLine, TaxAccount
from tests.factories.catalog import TaxFactory, TaxSetFactory
from tests.factories.company import CurrencyRateFactory, currency
from tests.factories.invoicing import Trade, entry_of, open_of
from tests.factories.ledger import NOW
from tests.factories.parties import PaymentTermFactory
from tests.scenarios.invariants import assert_trial_balance_zero, balance_of_key

pytestmark = pytest.mark.django_db
D = Decimal
LATER = dt.date(2026, 4, 2)
LINES = ((3, "21.53", 0), ("1.5", "10.07", 10), (7, "0.33", 0))
"""64.59, 13.59 (15.105 less 10 %) and 2.31: 80.49 without tax."""

ECO = {"code": "ECO", "kind": "fixed", "unit_amount": D(5), "affects_base": True, "sequence": 1, "category_code": ""}
VAT = {"code": "VAT", "rate": D(20), "sequence": 2}
KINDS: dict[str, tuple[Any, ...]] = {
    "compound": (ECO, VAT),
    "included": ({"code": "VAT", "rate": D(21), "price_included": True},),
    "of the gross": ({"code": "GST", "kind": "division", "rate": D(10)},),
    "zero": ({"code": "ZERO", "rate": D(0), "category_code": "Z"},),
    "two": ({"code": "A", "rate": D("6.625"), "sequence": 1}, {"code": "B", "rate": D("1.5"), "sequence": 2}),
    "reverse charge": (
        {"code": "IN", "rate": D(20), "sequence": 1, "category_code": "AE"},
        {"code": "OUT", "rate": D(-20), "sequence": 2, "category_code": "AE"},
    ),
}
BOOKED = {
    ("compound", "document"): ("80.49", {"ECO": ("57.50", "80.49"), "VAT": ("27.60", "137.99")}),
    ("included", "document"): ("66.52", {"VAT": ("13.97", "66.52")}),
    ("of the gross", "document"): ("80.49", {"GST": ("8.94", "80.49")}),
    ("of the gross", "line"): ("80.49", {"GST": ("8.95", "80.49")}),
    ("zero", "document"): ("80.49", {"ZERO": ("0.00", "80.49")}),
    ("two", "document"): ("80.49", {"A": ("5.33", "80.49"), "B": ("1.21", "80.49")}),
    ("reverse charge", "document"): ("80.49", {"IN": ("16.10", "80.49"), "OUT": ("-16.10", "80.49")}),
}
"""Kind and rounding → net, and of each tax amount and base."""


def tax_set(trade: Trade, direction: str, kind: str) -> TaxSet:
    made = TaxSetFactory(company=trade.company, direction=direction, name=f"{kind} {direction}")
    for tax in KINDS[kind]:
        code = f"{tax['code']}-{direction}"
        made.taxes.add(TaxFactory(company=trade.company, direction=direction, name=code, **{**tax, "code": code}))
    return made


def invoiced(trade: Trade, direction: str, taxes: TaxSet, **values: Any) -> Any:
    lines = [trade.line(q, price, discount_percent=D(off), tax_set_id=taxes.pk) for q, price, off in LINES]
    return trade.invoice(*lines, **values) if direction == "sale" else trade.supplier_invoice(*lines, **values)


def lines_of(document: Any) -> list[tuple[str, Decimal, str, Decimal | None]]:
    """Account, signed amount, tax and its base."""
    rows = entry_of(document).lines.select_related("account", "tax").order_by("position")
    return [
        (row.account.code, row.amount, row.tax.code.partition("-")[0] if row.tax else "", row.tax_base) for row in rows
    ]


@pytest.mark.parametrize(("kind", "rounding"), BOOKED)
def test_the_entry_has_a_line_a_tax_with_its_base(kind, rounding):
    trade = Trade(tax_rounding=rounding)
    net, taxes = D(BOOKED[kind, rounding][0]), BOOKED[kind, rounding][1]
    for direction, sign, control, goods, tax_account in (
        ("sale", -1, "1100", "4000", "2100"),
        ("purchase", 1, "2000", "2010", "1300"),
    ):
        invoice = invoiced(trade, direction, tax_set(trade, direction, kind))
        total = net + sum(D(amount) for amount, _base in taxes.values())
        assert lines_of(invoice) == [
            (control, -sign * total, "", None),
            (goods, sign * net, "", None),
            *((tax_account, sign * D(amount), code, sign * D(base)) for code, (amount, base) in taxes.items()),
        ]


def credit(direction: str, invoice: Any, number: int, lines: Any) -> Any:
    given = {"lines": lines, "document_date": LATER, "reason": "returned", "user": None, "now": NOW}
    if direction == "sale":
        note = credit_sales_invoice(sales_invoice_id=invoice.pk, **given)
        return post_sales_invoice(sales_invoice_id=note.pk, user=None, now=NOW)
    note = credit_supplier_invoice(supplier_invoice_id=invoice.pk, supplier_number=f"C-{number}", **given)
    return post_supplier_invoice(supplier_invoice_id=note.pk, user=None, now=NOW)


def left_on(documents: list[Any]) -> set[tuple[str, str]]:
    """Accounts and taxes on which these documents leave an amount or a base."""
    sums: dict[tuple[str, str], list[Decimal]] = {}
    for code, amount, tax, base in (line for document in documents for line in lines_of(document)):
        found = sums.setdefault((code, tax), [D(0), D(0)])
        found[0] += amount
        found[1] += base or 0
    return {key for key, found in sums.items() if any(found)}


@pytest.mark.parametrize("code", ["EUR", "USD"])
@pytest.mark.parametrize("kind", KINDS)
def test_credit_notes_take_back_every_account_to_the_cent(kind, code):
    """In three parts. A dollar is worth 0.9137 on the day of the invoice and 0.8011 on that of the credit notes: the
    sale is undone at what it was booked at, and the rate earns or costs nothing."""
    trade = Trade()
    for day, rate in (("2026-01-01", "0.9137"), ("2026-04-01", "0.8011")):
        CurrencyRateFactory(company=trade.company, currency=currency("USD"), date=day, rate=rate)
    for direction in ("sale", "purchase"):
        invoice = invoiced(trade, direction, tax_set(trade, direction, kind), currency_code=code)
        first, second, third = invoice.lines.order_by("position").values_list("pk", flat=True)
        parts = ([(first, D(1)), (second, D("0.5"))], [(first, D(1)), (third, D(3))], None)
        notes = [credit(direction, invoice, number, lines) for number, lines in enumerate(parts)]
        assert left_on([invoice, *notes]) == set()
        assert [open_of(document) for document in (invoice, *notes)] == [[D(0)]] * 4
        assert {note.exchange_rate for note in notes} == {invoice.exchange_rate}
    controls = [balance_of_key(trade.company, key) for key in (AccountKey.RECEIVABLE, AccountKey.PAYABLE)]
    assert controls == [0, 0]
    assert balance_of_key(trade.company, AccountKey.FX_GAIN, AccountKey.FX_LOSS) == 0
    assert_trial_balance_zero(trade.company)


def test_a_foreign_credit_note_may_be_due_in_parts():
    trade = Trade()
    CurrencyRateFactory(company=trade.company, currency=currency("USD"), date="2026-01-01", rate="0.9137")
    term = PaymentTermFactory(company=trade.company)
    term.lines.update(percent=50)
    term.lines.create(company=trade.company, percent=50, days=60)
    invoice = invoiced(trade, "sale", tax_set(trade, "sale", "two"), currency_code="USD")
    given = {"document_date": LATER, "reason": "returned", "user": None, "now": NOW}
    note = credit_sales_invoice(sales_invoice_id=invoice.pk, **given)
    update_sales_invoice(sales_invoice_id=note.pk, payment_term_id=term.pk, user=None, now=NOW)
    note = post_sales_invoice(sales_invoice_id=note.pk, user=None, now=NOW)
    assert left_on([invoice, note]) == set()
    assert [open_of(document) for document in (invoice, note)] == [[D(0)], [D(0), D(0)]]


def test_a_foreign_invoice_with_lines_against_each_other_is_credited_in_parts():
    """80 of the 100 bear the tax of 100 less 20, so of the tax nothing is left when the rest comes back."""
    trade = Trade()
    CurrencyRateFactory(company=trade.company, currency=currency("USD"), date="2026-01-01", rate="0.9137")
    taxes = tax_set(trade, "sale", "zero")
    taxes.taxes.set([TaxFactory(company=trade.company, direction="sale", code="V20", rate=D(20))])
    lines = [trade.line(quantity, "1", tax_set_id=taxes.pk) for quantity in (100, -20)]
    invoice = trade.invoice(*lines, currency_code="USD")
    first = invoice.lines.get(quantity=100).pk
    notes = [credit("sale", invoice, number, [(first, D(quantity))]) for number, quantity in enumerate((80, 20))]
    assert [note.total_amount for note in notes] == [D(96), D(24)]
    taxed = [[amount for _code, amount, tax, _base in lines_of(note) if tax == "V20"] for note in notes]
    assert taxed == [[D("14.62")], [D("3.65")]]  # 16 and 4 at 0.9137
    assert_trial_balance_zero(trade.company)


def test_tax_42_reverse_charge_fills_both_accounts_and_costs_nothing():
    """A service of 1,000 from abroad: input tax 200 and output tax 200, and the supplier gets 1,000."""
    trade = Trade()
    taxes = tax_set(trade, "purchase", "reverse charge")
    output = Account.objects.get(company=trade.company, code="2100")
    TaxAccount.objects.create(company=trade.company, tax=taxes.taxes.get(rate=-20), account=output)
    invoice = trade.supplier_invoice({"description": "Advice", "unit_price": D(1000), "tax_set_id": taxes.pk})
    assert lines_of(invoice) == [
        ("2000", D(-1000), "", None),
        ("6000", D(1000), "", None),
        ("1300", D(200), "IN", D(1000)),
        ("2100", D(-200), "OUT", D(1000)),
    ]
    assert JournalLine.objects.filter(entry=entry_of(invoice), tax__isnull=False).count() == 2


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Reverse charge: the customer owes the tax."), ("zh-hans", "反向征收：由客户承担税款。")],
)
def test_the_paper_says_why_there_is_no_tax(language, said):
    """In the customer's language, with the section of the law beside it; other taxes need no word."""
    trade = Trade()
    trade.customer.language = language
    trade.customer.save()
    zero = tax_set(trade, "sale", "zero")
    zero.taxes.update(no_tax_reason=NoTaxReason.REVERSE_CHARGE, printed_note="§ 13b UStG")
    trade.tax_set.taxes.update(no_tax_reason=NoTaxReason.EXEMPT)
    invoice = invoiced(trade, "sale", zero, notes="Thank you")
    note = credit("sale", invoice, 1, None)
    taxed = trade.invoice(trade.line())
    papers = [papers_of(document).get().data["notes"] for document in (invoice, note, taxed)]
    assert papers == [[said, "§ 13b UStG", "Thank you"], [said, "§ 13b UStG", "returned"], []]
