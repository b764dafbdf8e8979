"""What holds for every document, whatever its lines, taxes, currency and policy."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, localcontext
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from core.catalog.pricing import (
    ChargeInput,
    LineInput,
    PricedDocument,
    RoundingPolicy,
    RoundingScope,
    TaxKind,
    TaxSpec,
    gross_from_net,
    including,
    net_from_gross,
    price_document,
)
from tests.core.catalog.samples import D, decimals, levies, policies, prices, quantities, vats

ZERO = Decimal(0)


@st.composite
def tax_sets(draw: st.DrawFn, included: bool | None = None) -> tuple[TaxSpec, ...]:
    """Up to two levies and a VAT; inside the price, on top of it, or each as it falls."""
    taxes = [*draw(st.lists(levies, max_size=2, unique=True)), *draw(st.lists(vats, max_size=1))]
    flags = [draw(st.booleans()) if included is None else included for _ in taxes]
    return tuple(replace(tax, price_included=flag) for tax, flag in zip(taxes, flags, strict=True))


@st.composite
def line_inputs(draw: st.DrawFn, included: bool | None = None) -> LineInput:
    return LineInput(
        quantity=draw(quantities),
        unit_price=draw(prices),
        discount_percent=draw(st.sampled_from([ZERO, D("3"), D("12.5"), D("100")])),
        taxes=draw(tax_sets(included)),
    )


@st.composite
def charge_inputs(draw: st.DrawFn, included: bool | None = None) -> ChargeInput:
    return ChargeInput(amount=draw(decimals("-500", "500", 3)), taxes=draw(tax_sets(included)))


def documents(included: bool | None = None) -> st.SearchStrategy[tuple[list[LineInput], list[ChargeInput]]]:
    return st.tuples(
        st.lists(line_inputs(included), max_size=6),
        st.lists(charge_inputs(included), max_size=2),
    )


def everything(document: PricedDocument) -> list[Decimal]:
    """All amounts of a document."""
    amounts = []
    for entry in chain(document.lines, document.charges):
        amounts += [entry.subtotal, entry.discount, entry.net, entry.tax, entry.gross]
        amounts += chain.from_iterable((applied.base, applied.amount) for applied in entry.taxes)
    for total in chain(document.taxes, document.rates):
        amounts += [total.base, total.amount]
    figures = document.totals
    amounts += [figures.lines_net, figures.discount, figures.allowances, figures.charges]
    return [*amounts, figures.net, figures.tax, figures.total]


@given(documents(), policies)
def test_every_amount_is_in_whole_minor_units(
    inputs: tuple[list[LineInput], list[ChargeInput]], policy: RoundingPolicy
) -> None:
    lines, charges = inputs
    for amount in everything(price_document(lines, policy, charges)):
        assert amount.as_tuple().exponent == -policy.minor_units
        assert not (amount.is_zero() and amount.is_signed())


@given(documents(), policies)
def test_totals_add_up_as_br_co_10_to_16_demand(
    inputs: tuple[list[LineInput], list[ChargeInput]], policy: RoundingPolicy
) -> None:
    lines, charges = inputs
    document = price_document(lines, policy, charges)
    totals = document.totals
    for entry in chain(document.lines, document.charges):
        assert entry.subtotal - entry.discount == entry.net
        assert entry.net + entry.tax == entry.gross
        assert entry.tax == sum(applied.amount for applied in entry.taxes)
    nets = [entry.net for entry in document.charges]
    assert totals.lines_net == sum(entry.net for entry in document.lines)  # BR-CO-10
    assert totals.allowances == -sum(net for net in nets if net < 0)  # BR-CO-11
    assert totals.charges == sum(net for net in nets if net > 0)  # BR-CO-12
    assert totals.net == totals.lines_net - totals.allowances + totals.charges  # BR-CO-13
    assert totals.tax == sum(total.amount for total in document.taxes)  # BR-CO-14
    assert totals.total == totals.net + totals.tax  # BR-CO-15
    assert totals.amount_due(prepaid=D("10.00"), rounding=D("0.02")) == totals.total - D("9.98")  # BR-CO-16


@given(documents(included=False), policies)
def test_tax_of_a_category_is_its_rate_on_its_basis(
    inputs: tuple[list[LineInput], list[ChargeInput]], policy: RoundingPolicy
) -> None:
    # BR-CO-17, and the basis of a category is its lines and charges with the levies that raise it.
    lines, charges = inputs
    document = price_document(lines, replace(policy, scope=RoundingScope.DOCUMENT), charges)
    for total in document.rates:
        assert total.amount == policy.round_amount(total.base * total.rate / 100)
        assert total.difference == 0
        parts = [
            entry.net + sum(applied.amount for applied in entry.taxes if applied.tax.affects_base)
            for entry in chain(document.lines, document.charges)
            if any(applied.tax.category_code and applied.tax.rate == total.rate for applied in entry.taxes)
        ]
        assert total.base == sum(parts)


@given(documents(), policies)
def test_price_with_tax_is_kept(inputs: tuple[list[LineInput], list[ChargeInput]], policy: RoundingPolicy) -> None:
    lines, charges = inputs
    document = price_document(lines, policy, charges)
    for line, entry in zip(lines, document.lines, strict=True):
        paid = line.quantity * line.unit_price * (100 - line.discount_percent) / 100
        assert entry.entered == policy.round_amount(paid)
    for charge, entry in zip(charges, document.charges, strict=True):
        assert entry.entered == policy.round_amount(charge.amount)


@given(documents(included=True), policies)
def test_document_of_inclusive_prices_totals_what_was_entered(
    inputs: tuple[list[LineInput], list[ChargeInput]], policy: RoundingPolicy
) -> None:
    lines, charges = inputs
    document = price_document(lines, policy, charges)
    assert document.totals.total == sum(entry.entered for entry in chain(document.lines, document.charges))


@given(tax_sets(), decimals("0.001", "100000", 3), st.sampled_from([0, 2, 3]), st.integers(1, 40))
def test_inclusive_and_exclusive_are_inverse(
    taxes: tuple[TaxSpec, ...], amount: Decimal, minor_units: int, quantity: int
) -> None:
    policy = RoundingPolicy(minor_units=minor_units)
    units = Decimal(quantity)
    there_and_back = net_from_gross(gross_from_net(amount, taxes, units), taxes, units)
    assert abs(there_and_back - amount) < D("1e-40")
    gross = policy.round_amount(amount)
    net = net_from_gross(gross, taxes)
    assert policy.round_amount(gross_from_net(net, taxes)) == gross
    line = LineInput(quantity=Decimal(1), unit_price=gross, taxes=including(taxes))
    priced = price_document([line], policy).lines[0]
    assert priced.gross == gross
    assert priced.net == (policy.round_amount(net) if taxes else gross)


@given(documents(), policies)
def test_credit_is_the_mirror_of_the_invoice(
    inputs: tuple[list[LineInput], list[ChargeInput]], policy: RoundingPolicy
) -> None:
    lines, charges = inputs
    invoice = price_document(lines, policy, charges)
    credit = price_document([line.negated() for line in lines], policy, [charge.negated() for charge in charges])
    for sold, returned in zip(chain(invoice.lines, invoice.charges), chain(credit.lines, credit.charges), strict=True):
        assert (returned.subtotal, returned.net, returned.gross) == (-sold.subtotal, -sold.net, -sold.gross)
        assert [applied.amount for applied in returned.taxes] == [-applied.amount for applied in sold.taxes]
    assert credit.totals.net == -invoice.totals.net
    assert credit.totals.tax == -invoice.totals.tax
    assert credit.totals.total == -invoice.totals.total
    assert credit.totals.discount == -invoice.totals.discount


@given(documents(), policies, st.randoms(use_true_random=False))
def test_order_of_the_lines_changes_no_total(
    inputs: tuple[list[LineInput], list[ChargeInput]], policy: RoundingPolicy, random: st.DataObject
) -> None:
    lines, charges = inputs
    document = price_document(lines, policy, charges)
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = price_document(shuffled, policy, charges)
    assert again.totals == document.totals
    assert again.taxes == document.taxes
    assert again.rates == document.rates


@given(documents(included=False), policies)
def test_tax_of_a_line_is_within_a_minor_unit_of_its_own(
    inputs: tuple[list[LineInput], list[ChargeInput]], policy: RoundingPolicy
) -> None:
    lines, charges = inputs
    for entry in price_document(lines, policy, charges).lines:
        for applied in entry.taxes:
            if applied.tax.kind is TaxKind.PERCENT:
                own = applied.base * applied.tax.rate / 100
                assert abs(applied.amount - own) < policy.quantum
                assert applied.amount == 0 or own != 0


@given(documents(), policies)
def test_decimal_context_of_the_caller_does_not_matter(
    inputs: tuple[list[LineInput], list[ChargeInput]], policy: RoundingPolicy
) -> None:
    lines, charges = inputs
    document = price_document(lines, policy, charges)
    with localcontext() as context:
        context.prec = 3
        context.rounding = "ROUND_DOWN"
        again = price_document(lines, policy, charges)
    assert again == document
