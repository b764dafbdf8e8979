"""Credit notes taken out of an invoice, and discounts spread over a document."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.errors import CreditExceedsInvoiceError, PricingError
from core.catalog.pricing import (
    CreditPart,
    PricedDocument,
    RoundingPolicy,
    price_credit_note,
    price_document,
    split_gross_amount,
    spread_discount,
)
from tests.core.catalog.samples import PER_DOCUMENT, D, charge, fixed, line, percent, policies, vat, vats


def refusal(invoice: PricedDocument, part: CreditPart, *previous: PricedDocument) -> tuple[str, str]:
    with pytest.raises(PricingError) as caught:
        price_credit_note(invoice, [part], previous)
    return caught.value.code, caught.value.field


def four_charges() -> PricedDocument:
    amounts = ["68.33", "68.33", "57.50", "85.00"]
    return price_document([line(amount, vat("20"), key=index) for index, amount in enumerate(amounts)], PER_DOCUMENT)


def test_tax_28_credit_notes_line_by_line_never_exceed_the_invoice() -> None:
    invoice = four_charges()
    assert invoice.totals.total == D("334.99")
    notes: list[PricedDocument] = []
    for key in (0, 2, 3, 1):
        notes.append(price_credit_note(invoice, [CreditPart(key=key)], notes))
    assert [note.totals.total for note in notes] == [D("82.00"), D("69.00"), D("102.00"), D("81.99")]
    assert refusal(invoice, CreditPart(key=1), *notes) == ("credit_exceeds_invoice", "key")


def test_the_same_part_twice_in_one_credit_note() -> None:
    invoice = price_document([line("10", vat("20"), quantity="3", key="a")], PER_DOCUMENT)
    parts = [CreditPart(key="a", quantity=D(1)), CreditPart(key="a")]
    note = price_credit_note(invoice, parts)
    assert [entry.quantity for entry in note.lines] == [D(1), D(2)]
    assert note.totals == invoice.totals
    with pytest.raises(CreditExceedsInvoiceError):
        price_credit_note(invoice, [*parts, CreditPart(key="a", quantity=D(1))])


def test_returned_quantity_takes_its_share() -> None:
    # 12 of 20.00 less 5 % at 20 %, 2 come back
    invoice = price_document([line("20", vat("20"), quantity="12", discount_percent=D(5), key="a")], PER_DOCUMENT)
    (entry,) = price_credit_note(invoice, [CreditPart(key="a", quantity=D(2))]).lines
    assert (entry.subtotal, entry.discount, entry.net, entry.tax, entry.gross) == (
        D("40.00"),
        D("2.00"),
        D("38.00"),
        D("7.60"),
        D("45.60"),
    )
    assert entry.taxes[0].base == D("38.00")


def test_price_reduction_leaves_the_quantity_to_be_returned_later() -> None:
    invoice = price_document([line("50", vat("20"), quantity="2", key="a")], PER_DOCUMENT)
    reduction = price_credit_note(invoice, [CreditPart(key="a", net=D("10.00"))])
    assert (reduction.lines[0].quantity, reduction.totals.net, reduction.totals.tax) == (D(0), D(10), D(2))
    rest = price_credit_note(invoice, [CreditPart(key="a", quantity=D(2))], [reduction])
    assert (rest.totals.net, rest.totals.tax) == (D(90), D(18))


def test_charge_can_be_credited() -> None:
    invoice = price_document(
        [line("100", vat("20"), key="a")], PER_DOCUMENT, [charge("5.99", vat("20"), key="freight")]
    )
    note = price_credit_note(invoice, [CreditPart(key="freight")])
    assert (note.lines, note.totals.charges, note.totals.total) == ((), D("5.99"), D("7.19"))


def test_credit_refuses() -> None:
    invoice = four_charges()
    assert refusal(invoice, CreditPart(key="x")) == ("credit_key_unknown", "key")
    assert refusal(invoice, CreditPart(key=0, quantity=D("1.01"))) == ("credit_exceeds_invoice", "quantity")
    assert refusal(invoice, CreditPart(key=0, quantity=D(0))) == ("credit_exceeds_invoice", "quantity")
    assert refusal(invoice, CreditPart(key=0, quantity=D(-1))) == ("credit_exceeds_invoice", "quantity")
    assert refusal(invoice, CreditPart(key=0, net=D("68.34"))) == ("credit_exceeds_invoice", "net")
    assert refusal(invoice, CreditPart(key=0, net=D("1.005"))) == ("not_rounded", "net")
    with pytest.raises(PricingError, match="not both"):
        CreditPart(key=0, quantity=D(1), net=D(1))
    with pytest.raises(PricingError, match="must be a Decimal"):
        CreditPart(key=0, quantity=1)  # type: ignore[arg-type]


def test_credit_refuses_lines_it_cannot_tell_apart() -> None:
    twins = price_document([line("1", key="a"), line("2", key="a")], PER_DOCUMENT)
    assert refusal(twins, CreditPart(key="a")) == ("credit_key_ambiguous", "key")
    invoice = price_document([line("1", vat("20"), key="a")], PER_DOCUMENT)
    other = price_document([line("1", vat("7"), key="a")], PER_DOCUMENT)
    assert refusal(invoice, CreditPart(key="a"), other) == ("credit_taxes_differ", "taxes")
    stranger = price_document([line("1", key="b")], PER_DOCUMENT)
    assert refusal(invoice, CreditPart(key="a"), stranger) == ("credit_key_unknown", "key")


@given(
    st.lists(st.tuples(st.integers(1, 9), st.decimals("0.01", "99", places=2), vats), min_size=1, max_size=4),
    policies,
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4)), max_size=8),
    st.booleans(),
)
def test_credit_notes_never_exceed_and_finally_equal_the_invoice(
    rows: list[tuple[int, Decimal, object]], policy: RoundingPolicy, returns: list[tuple[int, int]], included: bool
) -> None:
    lines = [
        line(str(price), percent(str(tax.rate), tax.code, price_included=included), quantity=str(count), key=key)  # type: ignore[attr-defined]
        for key, (count, price, tax) in enumerate(rows)
    ]
    invoice = price_document(lines, policy)
    left = {entry.key: int(entry.quantity) for entry in invoice.lines}
    notes: list[PricedDocument] = []
    for key, count in [*returns, *((key, 99) for key in left)]:
        quantity = min(count, left.get(key, 0))
        if quantity:
            notes.append(price_credit_note(invoice, [CreditPart(key=key, quantity=Decimal(quantity))], notes))
            left[key] -= quantity
            assert sum(note.totals.total for note in notes) <= invoice.totals.total
            assert all(applied.amount >= 0 for applied in notes[-1].lines[0].taxes)
    assert sum(note.totals.net for note in notes) == invoice.totals.net
    assert sum(note.totals.tax for note in notes) == invoice.totals.tax


def test_discount_on_a_document_belongs_to_each_tax_category() -> None:
    lines = [line("100", vat("20")), line("50", vat("7")), line("50", vat("20"))]
    allowances = spread_discount(lines, PER_DOCUMENT, percent=D(10), key="bonus")
    assert [(entry.key, entry.amount, entry.taxes) for entry in allowances] == [
        ("bonus", D("-15.00"), (vat("20"),)),
        ("bonus", D("-5.00"), (vat("7"),)),
    ]
    totals = price_document(lines, PER_DOCUMENT, allowances).totals
    assert (totals.net, totals.tax) == (D("180.00"), D("30.15"))


def test_discount_amount_is_shared_out_to_the_cent() -> None:
    lines = [line("10", vat(rate)) for rate in ("7", "19", "21")]
    allowances = spread_discount(lines, PER_DOCUMENT, amount=D("10.00"))
    assert [entry.amount for entry in allowances] == [D("-3.34"), D("-3.33"), D("-3.33")]
    assert spread_discount(lines, PER_DOCUMENT, amount=D("0.00")) == ()
    assert spread_discount([], PER_DOCUMENT, percent=D(10)) == ()


def test_discount_on_prices_with_tax_takes_off_what_the_customer_pays() -> None:
    lines = [line("121", vat("21", price_included=True)), line("107", fixed("1", "ECO"), vat("7", price_included=True))]
    document = price_document(lines, PER_DOCUMENT, spread_discount(lines, PER_DOCUMENT, amount=D("22.80")))
    assert document.totals.total == D("229.00") - D("22.80")


def test_discount_on_a_return_is_negative() -> None:
    lines = [line("100", vat("20"), quantity="-1")]
    assert spread_discount(lines, PER_DOCUMENT, amount=D("-10"))[0].amount == D("10.00")


def test_spread_discount_refuses() -> None:
    def refused(**options: Decimal) -> tuple[str, str]:
        with pytest.raises(PricingError) as caught:
            spread_discount([line("100")], PER_DOCUMENT, **options)
        return caught.value.code, caught.value.field

    assert refused() == ("discount_measure", "amount")
    assert refused(amount=D(1), percent=D(1)) == ("discount_measure", "amount")
    assert refused(percent=D(101)) == ("discount_percent", "percent")
    assert refused(amount=D("100.01")) == ("discount_exceeds_document", "amount")
    assert refused(amount=D("-1")) == ("discount_exceeds_document", "amount")
    assert refused(amount=D("0.001")) == ("not_rounded", "amount")


def test_amounts_finer_than_the_currency_are_not_split() -> None:
    with pytest.raises(PricingError) as caught:
        split_gross_amount(D("10.705"), (vat("20"),), PER_DOCUMENT)
    assert caught.value.code == "not_rounded"
