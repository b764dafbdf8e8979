"""What the engine does with discounts, charges, rate groups and wrong input."""

from __future__ import annotations

import ast
from decimal import Decimal
from pathlib import Path

import pytest

import core.catalog.pricing
from core.catalog.errors import PricingError
from core.catalog.pricing import (
    ChargeInput,
    LineInput,
    RoundingPolicy,
    TaxKind,
    TaxSpec,
    excluding,
    including,
    price_document,
    sum_up,
)
from tests.core.catalog.samples import (
    PER_DOCUMENT,
    PER_LINE,
    D,
    charge,
    division,
    fixed,
    group,
    line,
    percent,
    vat,
)


def test_percent_discount_then_amount_discount() -> None:
    document = price_document([line("20.00", vat("20"), quantity="15", discount_percent=D("5"))], PER_DOCUMENT)
    (entry,) = document.lines
    assert (entry.subtotal, entry.discount, entry.net, entry.tax, entry.gross) == (
        D("300.00"),
        D("15.00"),
        D("285.00"),
        D("57.00"),
        D("342.00"),
    )
    both = line("20.00", quantity="15", discount_percent=D("5"), discount_amount=D("5.00"))
    assert price_document([both], PER_DOCUMENT).totals.net == D("280.00")


def test_a_return_of_a_discounted_line_mirrors_it() -> None:
    sold = line("20.00", vat("20"), quantity="3", discount_percent=D(5), discount_amount=D("7.01"))
    returned = price_document([sold.negated()], PER_DOCUMENT)
    assert sold.negated().negated() == sold
    assert (returned.totals.net, returned.totals.discount, returned.totals.tax) == (
        D("-49.99"),
        D("-10.01"),
        D("-10.00"),
    )


def test_discounted_unit_price_is_not_rounded_on_its_own() -> None:
    # 0.333 a piece less 10 % is 0.2997; rounding that first would lose 3 on ten thousand.
    entry = line("0.333", quantity="10000", discount_percent=D("10"))
    assert price_document([entry], PER_DOCUMENT).totals.net == D("2997.00")


def test_discount_on_a_price_with_tax_is_shown_without_it() -> None:
    included = vat("25", price_included=True)
    (entry,) = price_document([line("125.00", included, discount_percent=D("10"))], PER_DOCUMENT).lines
    assert (entry.subtotal, entry.discount, entry.net, entry.gross, entry.entered) == (
        D("100.00"),
        D("10.00"),
        D("90.00"),
        D("112.50"),
        D("112.50"),
    )


def test_unit_price_is_rounded_before_it_is_multiplied() -> None:
    policy = RoundingPolicy(unit_price_decimals=2)
    (entry,) = price_document([line("0.335", quantity="100")], policy).lines
    assert (entry.unit_price, entry.net) == (D("0.34"), D("34.00"))


def test_one_category_and_rate_is_rounded_once_whatever_the_tax_code() -> None:
    goods = percent("19", "GOODS", category_code="S", account_key=1)
    services = percent("19", "SERVICES", category_code="S", account_key=2)
    document = price_document([line("0.03", goods), line("0.05", services)], PER_DOCUMENT)
    (rate,) = document.rates
    assert (rate.base, rate.amount, rate.difference) == (D("0.08"), D("0.02"), D("0.00"))
    # 0.0057 and 0.0095: a cent each, and the accounts of both codes come back
    assert [(total.account_key, total.base, total.amount) for total in document.taxes] == [
        (1, D("0.03"), D("0.01")),
        (2, D("0.05"), D("0.01")),
    ]


def test_per_line_and_per_document_differ_by_the_cents_they_should() -> None:
    lines = [line("0.03", vat("20"))] * 5
    assert price_document(lines, PER_DOCUMENT).totals.tax == D("0.03")
    per_line = price_document(lines, PER_LINE)
    assert per_line.totals.tax == D("0.05")
    assert per_line.rates[0].difference == D("0.02")


def test_tax_of_the_document_is_handed_back_to_the_lines() -> None:
    document = price_document([line("0.03", vat("20"), key=key) for key in "abcde"], PER_DOCUMENT)
    assert [entry.tax for entry in document.lines] == [D("0.01")] * 3 + [D("0.00")] * 2


def test_levies_stay_out_of_the_vat_breakdown() -> None:
    eco, tax = fixed("0.35", "ECO", affects_base=True, sequence=1), vat("20", sequence=2)
    document = price_document([line("5", tax), line("10", eco, tax, quantity="3")], PER_DOCUMENT)
    assert [(total.code, total.base, total.amount) for total in document.taxes] == [
        ("ECO", D("30.00"), D("1.05")),
        ("VAT20", D("36.05"), D("7.21")),
    ]
    (rate,) = document.rates
    assert (rate.category_code, rate.base, rate.amount) == ("S", D("36.05"), D("7.21"))


def test_breakdown_holds_each_category_and_rate_in_order() -> None:
    exempt = TaxSpec(code="EX", category_code="E")
    lines = [line("100", vat("21")), line("50", vat("9")), line("10", exempt), line("1", vat("21"))]
    document = price_document(lines, PER_DOCUMENT)
    assert [(total.category_code, total.rate, total.base, total.amount) for total in document.rates] == [
        ("E", D(0), D("10.00"), D("0.00")),
        ("S", D(9), D("50.00"), D("4.50")),
        ("S", D(21), D("101.00"), D("21.21")),
    ]


def test_division_is_a_share_of_the_gross() -> None:
    document = price_document([line("90", division("10"))], PER_DOCUMENT)
    assert (document.totals.tax, document.totals.total) == (D("10.00"), D("100.00"))
    inside = price_document([line("100", *including([division("10")]))], PER_DOCUMENT)
    assert (inside.totals.net, inside.totals.tax) == (D("90.00"), D("10.00"))


def test_division_ties_are_decided_on_the_sum_of_the_bases() -> None:
    # 52 / 48 of 0.06 is exactly 0.065; six thirds of a cent added up one by one would stop short of it.
    document = price_document([line("0.01", division("52"))] * 6, PER_DOCUMENT)
    assert document.totals.tax == D("0.07")


def test_two_included_taxes_share_the_difference_exactly() -> None:
    taxes = including([percent("7", "A"), percent("7", "B"), percent("0", "Z")])
    (entry,) = price_document([line("9.99", *taxes)], PER_DOCUMENT).lines
    assert (entry.net, [applied.amount for applied in entry.taxes]) == (D("8.76"), [D("0.62"), D("0.61"), D("0.00")])


def test_included_tax_behind_a_levy_on_top() -> None:
    # The price holds the VAT on itself and on the fee, but not the fee.
    eco = fixed("5", "ECO", affects_base=True, sequence=1)
    (entry,) = price_document([line("121", eco, vat("20", sequence=2, price_included=True))], PER_DOCUMENT).lines
    assert (entry.net, entry.entered, entry.gross) == (D("100.00"), D("121.00"), D("126.00"))
    assert [(applied.base, applied.amount) for applied in entry.taxes] == [
        (D("100.00"), D("5")),
        (D("105.00"), D("21.00")),
    ]


def test_reverse_charge_pair_cancels_out() -> None:
    pair = group("RC", percent("20", "IN"), percent("-20", "OUT"))
    document = price_document([line("1000", pair)], PER_DOCUMENT)
    assert ([total.amount for total in document.taxes], document.totals.total) == ([D("200"), D("-200")], D("1000.00"))
    assert including(including([pair])) == including([pair])
    assert excluding(including([pair])) == (pair,)


def test_charges_and_allowances() -> None:
    document = price_document(
        [line("100", vat("20"))],
        PER_DOCUMENT,
        [charge("10", vat("20"), key="freight"), charge("-30", vat("20"), key="bonus"), charge("0.00", vat("20"))],
    )
    totals = document.totals
    assert (totals.lines_net, totals.charges, totals.allowances, totals.net) == (D(100), D(10), D(30), D(80))
    assert (totals.tax, totals.total) == (D(16), D(96))
    assert [(entry.key, entry.quantity) for entry in document.charges] == [("freight", 1), ("bonus", 1), (None, 1)]
    assert totals.amount_due(prepaid=D("50.00"), rounding=D("-0.01")) == D("45.99")


def test_charge_has_no_units_for_a_tax_per_unit() -> None:
    eco = fixed("5", "ECO", affects_base=True, sequence=1)
    document = price_document([], PER_DOCUMENT, [charge("-10", eco, vat("20", sequence=2))])
    assert [(total.code, total.amount) for total in document.taxes] == [("ECO", D("0.00")), ("VAT20", D("-2.00"))]


def test_charge_with_included_tax() -> None:
    document = price_document([], PER_DOCUMENT, [charge("5.99", vat("19", price_included=True))])
    assert (document.totals.charges, document.totals.tax, document.totals.total) == (D("5.03"), D("0.96"), D("5.99"))


def test_empty_document_is_zero() -> None:
    document = price_document([], PER_DOCUMENT)
    assert (str(document.totals.total), document.lines, document.taxes, document.rates) == ("0.00", (), (), ())


def test_stored_lines_sum_up_to_the_same_document() -> None:
    document = price_document([line("9.99", vat("21"), key=1)], PER_DOCUMENT, [charge("1", vat("21"), key=2)])
    assert sum_up(document.lines, document.charges, PER_DOCUMENT) == document


def test_line_refuses_wrong_input() -> None:
    def refused(**options: object) -> tuple[str, str]:
        with pytest.raises(PricingError) as caught:
            LineInput(**{"quantity": D(1), "unit_price": D(1), **options})  # type: ignore[arg-type]
        return caught.value.code, caught.value.field

    assert refused(quantity=1) == ("not_decimal", "quantity")
    assert refused(unit_price=0.1) == ("not_decimal", "unit_price")
    assert refused(unit_price=D("Infinity")) == ("not_finite", "unit_price")
    assert refused(quantity=D("1E+16")) == ("out_of_range", "quantity")
    assert refused(discount_percent=D("100.01")) == ("discount_percent", "discount_percent")
    assert refused(discount_percent=D("-1")) == ("discount_percent", "discount_percent")
    assert refused(discount_percent=0.5) == ("not_decimal", "discount_percent")
    assert refused(discount_amount=0.5) == ("not_decimal", "discount_amount")
    with pytest.raises(PricingError, match="amount must be a Decimal"):
        ChargeInput(amount=5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("quantity", "discount", "allowed"),
    [("1", "10.00", True), ("1", "10.01", False), ("1", "-0.01", False), ("-1", "-10.00", True), ("-1", "0.01", False)],
)
def test_discount_amount_stays_within_its_line(quantity: str, discount: str, allowed: bool) -> None:
    entry = line("10.00", quantity=quantity, discount_amount=D(discount))
    if allowed:
        assert price_document([entry], PER_DOCUMENT).totals.net == 0
        return
    with pytest.raises(PricingError) as caught:
        price_document([entry], PER_DOCUMENT)
    assert (caught.value.code, caught.value.field) == ("discount_exceeds_line", "discount_amount")


def test_tax_refuses_contradictions() -> None:
    def refused(**options: object) -> str:
        with pytest.raises(PricingError) as caught:
            TaxSpec(code="T", **options)  # type: ignore[arg-type]
        return caught.value.code

    child = percent("5")
    assert refused(kind=TaxKind.GROUP) == "tax_children"
    assert refused(children=(child,)) == "tax_children"
    assert refused(kind=TaxKind.GROUP, children=(child,), rate=D(1)) == "tax_group_flags"
    assert refused(kind=TaxKind.GROUP, children=(child,), affects_base=True) == "tax_group_flags"
    assert refused(kind=TaxKind.DIVISION, rate=D(100)) == "tax_rate"
    assert refused(rate=0.2) == "not_decimal"
    assert refused(amount=1) == "not_decimal"


def test_included_taxes_may_not_eat_the_price() -> None:
    with pytest.raises(PricingError) as caught:
        price_document([line("10", percent("-100", price_included=True))], PER_DOCUMENT)
    assert caught.value.code == "tax_not_invertible"


def test_the_engine_holds_no_float_and_no_framework() -> None:
    for path in Path(core.catalog.pricing.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), path
            assert not (isinstance(node, ast.Name) and node.id == "float"), path
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("django"), path


def test_amounts_are_decimals() -> None:
    assert isinstance(price_document([line("1")], PER_DOCUMENT).totals.total, Decimal)
