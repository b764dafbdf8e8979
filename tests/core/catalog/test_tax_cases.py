"""The published tax and rounding figures, one test a case. "Ours" is half-up with tax on rounded line nets."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.catalog.pricing import (
    PricedDocument,
    RoundingMode,
    RoundingPolicy,
    allocate,
    apportion,
    gross_from_net,
    net_from_gross,
    price_document,
    split_gross_amount,
    tax_journal_amount,
)
from tests.core.catalog.samples import (
    PER_DOCUMENT,
    PER_LINE,
    PER_LINE_HALF_EVEN,
    D,
    charge,
    fixed,
    group,
    line,
    percent,
    vat,
)


def tax_rows(document: PricedDocument) -> list[tuple[str, Decimal, Decimal]]:
    return [(total.code, total.base, total.amount) for total in document.taxes]


def line_taxes(document: PricedDocument) -> list[tuple[str, Decimal, Decimal]]:
    return [(applied.tax.code, applied.base, applied.amount) for entry in document.lines for applied in entry.taxes]


def totals(document: PricedDocument) -> tuple[Decimal, Decimal, Decimal]:
    return (document.totals.net, document.totals.tax, document.totals.total)


def test_tax_02_half_up_per_line() -> None:
    full = percent("100")
    document = price_document([line("1.070", full), line("1.005", full)], PER_LINE)
    assert line_taxes(document) == [("P100", D("1.07"), D("1.07")), ("P100", D("1.01"), D("1.01"))]
    assert totals(document) == (D("2.08"), D("2.08"), D("4.16"))


def test_tax_02_half_even_per_line() -> None:
    full = percent("100")
    document = price_document([line("1.070", full), line("1.005", full)], PER_LINE_HALF_EVEN)
    assert tax_rows(document) == [("P100", D("2.07"), D("2.07"))]


def test_tax_04_taxes_on_the_rounded_net() -> None:
    document = price_document([line("1.0417", percent("0"), percent("10", "A"), percent("10", "B"))], PER_LINE)
    assert line_taxes(document) == [
        ("P0", D("1.04"), D("0.00")),
        ("A", D("1.04"), D("0.10")),
        ("B", D("1.04"), D("0.10")),
    ]
    assert document.totals.tax == D("0.20")


def test_tax_04_source_shares_the_rounded_sum_of_unrounded_taxes() -> None:
    # The source taxes the unrounded net and gives the residual cent to the larger remainder, never to a zero tax.
    exact = [D("0"), D("0.10417"), D("0.10417")]
    assert apportion(exact, D("0.21"), D("0.01")) == [D("0"), D("0.11"), D("0.10")]
    assert allocate(D("0.21"), exact) == (D("0"), D("0.11"), D("0.10"))


def test_tax_06_as_one_document() -> None:
    six = percent("6")
    document = price_document([line("11.2736", six, quantity="1.04"), line("0.4529", six, quantity="-1")], PER_DOCUMENT)
    assert tax_rows(document) == [("P6", D("11.27"), D("0.68"))]


@pytest.mark.parametrize("mode", list(RoundingMode))
def test_tax_06_source_groups_by_sign(mode: RoundingMode) -> None:
    six = percent("6")
    policy = RoundingPolicy(mode=mode)
    sold = price_document([line("11.2736", six, quantity="1.04")], policy)
    returned = price_document([line("0.4529", six, quantity="-1")], policy)
    assert tax_rows(sold) == [("P6", D("11.72"), D("0.70"))]
    assert tax_rows(returned) == [("P6", D("-0.45"), D("-0.03"))]


def test_tax_08_sequence_without_effect_on_the_base() -> None:
    taxes = (percent("10", sequence=5), fixed("5", sequence=10), percent("20", sequence=20))
    document = price_document([line("100", *taxes)], PER_DOCUMENT)
    assert tax_rows(document) == [("P10", D(100), D(10)), ("F5", D(100), D(5)), ("P20", D(100), D(20))]
    assert document.totals.total == D("135")
    assert net_from_gross(D(135), taxes) == D(100)
    assert gross_from_net(D(100), taxes) == D(135)


def test_tax_09_fee_per_unit_raises_the_base() -> None:
    taxes = (fixed("5", "ECO", affects_base=True, sequence=1), percent("20", sequence=2))
    document = price_document([line("100", *taxes, quantity="5")], PER_DOCUMENT)
    assert tax_rows(document) == [("ECO", D(500), D(25)), ("P20", D(525), D(105))]
    assert document.totals.total == D(630)
    assert net_from_gross(D(126), taxes) == D(100)
    assert net_from_gross(D(630), taxes, quantity=D(5)) == D(500)


def test_tax_10_the_same_sequence_does_not_see_itself() -> None:
    taxes = (
        fixed("5", "ECO", affects_base=True, sequence=1),
        percent("50", "ECO2", affects_base=True, sequence=1),
        percent("20", "VAT", sequence=2),
    )
    document = price_document([line("100", *taxes)], PER_DOCUMENT)
    assert tax_rows(document) == [("ECO", D(100), D(5)), ("ECO2", D(100), D(50)), ("VAT", D(155), D(31))]
    assert document.totals.total == D(186)
    assert net_from_gross(D(186), taxes) == D(100)


@pytest.mark.parametrize("fee_in_group", [True, False])
def test_tax_12_child_of_a_group_raises_the_base(fee_in_group: bool) -> None:
    child = percent("10", affects_base=True, sequence=1)
    fee = fixed("10", sequence=2)
    taxes = (group("G", child, fee),) if fee_in_group else (group("G", child, sequence=1), fee)
    document = price_document([line("100", *taxes, quantity="2")], PER_DOCUMENT)
    assert line_taxes(document) == [("P10", D(200), D(20)), ("F10", D(220), D(20))]
    assert document.totals.total == D(240)
    assert net_from_gross(D(120), taxes) == D(100)


def test_tax_14_group_of_groups() -> None:
    def pair(code: str, sequence: int) -> object:
        fee = fixed("10", f"{code}-FEE", affects_base=True, sequence=1)
        return group(code, fee, percent("10", f"{code}-PCT", sequence=2), sequence=sequence)

    taxes = group("ALL", pair("ONE", 1), pair("TWO", 2))  # type: ignore[arg-type]
    document = price_document([line("200", taxes)], PER_DOCUMENT)
    assert [(code, amount) for code, _, amount in line_taxes(document)] == [
        ("ONE-FEE", D(10)),
        ("ONE-PCT", D(21)),
        ("TWO-FEE", D(10)),
        ("TWO-PCT", D(22)),
    ]
    assert document.totals.total == D(263)


@pytest.mark.parametrize("policy", [PER_DOCUMENT, PER_LINE])
def test_tax_16_tax_inside_the_price(policy: RoundingPolicy) -> None:
    document = price_document([line("200", percent("10", price_included=True))], policy)
    assert totals(document) == (D("181.82"), D("18.18"), D("200.00"))


def test_tax_18_taxes_on_a_manual_journal_line() -> None:
    taxes = (
        fixed("10", price_included=True, affects_base=True, sequence=1),
        percent("10", sequence=2),
        fixed("15", sequence=3),
    )
    priced = tax_journal_amount(D(200), taxes, PER_DOCUMENT)
    assert priced.net == D(190)
    assert [(applied.base, applied.amount) for applied in priced.taxes] == [
        (D(190), D(10)),
        (D(200), D(20)),
        (D(200), D(15)),
    ]
    assert priced.gross == D(235)


def test_tax_18_mirrored_on_the_other_side() -> None:
    taxes = (fixed("10", price_included=True, affects_base=True, sequence=1), percent("10", sequence=2))
    priced = tax_journal_amount(D(-200), taxes, PER_DOCUMENT)
    assert (priced.net, [applied.amount for applied in priced.taxes], priced.gross) == (
        D(-190),
        [D(-10), D(-20)],
        D(-220),
    )


@pytest.mark.parametrize("policy", [PER_DOCUMENT, PER_LINE, PER_LINE_HALF_EVEN])
def test_tax_20_the_gross_entered_is_kept(policy: RoundingPolicy) -> None:
    included = vat("21", price_included=True)
    document = price_document([line("21.53", included), line("21.53", included)], policy)
    assert totals(document) == (D("35.58"), D("7.48"), D("43.06"))
    assert [entry.entered for entry in document.lines] == [D("21.53"), D("21.53")]
    (rate,) = document.rates
    assert (rate.base, rate.amount, rate.computed, rate.difference) == (D("35.58"), D("7.48"), D("7.47"), D("0.01"))


def test_tax_22_quotation_order_and_invoice_agree() -> None:
    ten = vat("10")
    lines = [line("54.45", ten), line("600.00", ten), line("500.00", ten, quantity="-1")]
    assert totals(price_document(lines, PER_DOCUMENT)) == (D("154.45"), D("15.45"), D("169.90"))
    negative_price = [*lines[:2], line("-500.00", ten)]
    assert totals(price_document(negative_price, PER_DOCUMENT)) == (D("154.45"), D("15.45"), D("169.90"))


def test_tax_22_half_even_gives_the_other_cent() -> None:
    ten = vat("10")
    lines = [line("54.45", ten), line("600.00", ten), line("-500.00", ten)]
    policy = replace(PER_DOCUMENT, mode=RoundingMode.HALF_EVEN)
    assert totals(price_document(lines, policy)) == (D("154.45"), D("15.44"), D("169.89"))


@pytest.mark.parametrize("included", [True, False])
def test_tax_24_gross_bank_line_coded_to_an_expense(included: bool) -> None:
    # Rounding the tax on the rounded net (0.77) would leave a cent on suspense.
    priced = split_gross_amount(D("10.70"), (vat("7.7", price_included=included),), PER_DOCUMENT)
    assert (priced.net, priced.tax, priced.gross) == (D("9.94"), D("0.76"), D("10.70"))
    paid_back = split_gross_amount(D("-10.70"), (vat("7.7", price_included=included),), PER_DOCUMENT)
    assert (paid_back.net, paid_back.tax, paid_back.gross) == (D("-9.94"), D("-0.76"), D("-10.70"))


def test_tax_26_document_charge_in_the_tax_basis() -> None:
    nineteen = vat("19")
    document = price_document([line("135.27", nineteen)], PER_DOCUMENT, [charge("5.99", nineteen)])
    (rate,) = document.rates
    assert (str(rate.base), str(rate.amount)) == ("141.26", "26.84")
    assert str(document.totals.total) == "168.10"
    assert (document.totals.lines_net, document.totals.charges, document.totals.allowances) == (
        D("135.27"),
        D("5.99"),
        D("0.00"),
    )


def test_tax_40_each_line_rounds_first() -> None:
    document = price_document([line("0.0035", vat("20")), line("0.0035", vat("20"))], PER_DOCUMENT)
    assert [str(figure) for figure in totals(document)] == ["0.00", "0.00", "0.00"]
