"""Which price applies, and why: precedence, quantity breaks, validity, formulas, currencies."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from core.catalog.errors import NoPriceError, PricingError
from core.catalog.pricing import (
    Criterion,
    EndingDirection,
    FixedPrice,
    ItemPricing,
    ListDiscount,
    LostRule,
    PartyPricing,
    PriceBase,
    PriceEnding,
    PriceFormula,
    PriceRule,
    PriceSource,
    ResolvedPrice,
    resolve_price,
)
from tests.core.catalog.samples import D

TODAY = dt.date(2026, 4, 15)
ITEM = ItemPricing(
    item="lamp", categories=("desk lamps", "lamps", "all"), list_price=D("100.00"), cost=D("62.50"), currency="EUR"
)
DEALER = PartyPricing(customer="Meyer", groups=("dealers north", "dealers"))


def at(price: str, key: str, **scope: Any) -> PriceRule:
    return PriceRule(key=key, method=FixedPrice(D(price)), currency="EUR", **scope)


def resolve(*rules: PriceRule, quantity: str = "1", date: dt.date = TODAY, **options: Any) -> ResolvedPrice:
    return resolve_price(ITEM, DEALER, D(quantity), date, rules, **options)


def formula(**options: Any) -> PriceRule:
    return PriceRule(key="f", method=PriceFormula(**options))


def test_list_price_without_a_rule() -> None:
    price = resolve()
    assert (price.unit_price, price.discount_percent, price.currency) == (D(100), D(0), "EUR")
    assert (price.reason.source, price.reason.rule, price.reason.base_price) == (PriceSource.LIST, None, D(100))
    assert (price.reason.raised_to_margin, price.reason.lost) == (False, ())


LADDER = [
    (at("1", "a", customer="Meyer", item="lamp", min_quantity=D(10)), Criterion.QUANTITY_BREAK),
    (at("2", "b", customer="Meyer", item="lamp", valid_from=dt.date(2026, 4, 1)), Criterion.VALIDITY),
    (at("3", "c", customer="Meyer", item="lamp", valid_from=dt.date(2026, 1, 1)), Criterion.VALIDITY),
    (at("4", "d", customer="Meyer", item="lamp"), Criterion.KEY),
    (at("5", "e", customer="Meyer", item="lamp"), Criterion.ITEM),
    (at("6", "f", customer="Meyer", category="desk lamps"), Criterion.ITEM),
    (at("7", "g", customer="Meyer", category="lamps"), Criterion.ITEM),
    (at("8", "h", customer="Meyer"), Criterion.PARTY),
    (at("9", "i", group="dealers north"), Criterion.PARTY),
    (at("10", "j", group="dealers", item="lamp"), Criterion.PARTY),
    (at("11", "k", item="lamp"), Criterion.ITEM),
    (at("12", "l"), Criterion.KEY),
]


@pytest.mark.parametrize("position", range(len(LADDER)))
def test_each_rule_beats_those_below_it(position: int) -> None:
    ladder = [rule for rule, _ in LADDER[position:]]
    for rules in (ladder, ladder[::-1]):
        price = resolve(*rules, quantity="10")
        assert price.unit_price == position + 1
        assert price.reason.rule == ladder[0]
        assert [lost.key for lost in price.reason.lost] == [rule.key for rule in ladder[1:]]
    if len(ladder) > 1:
        assert price.reason.lost[0].criterion is LADDER[position][1]


def test_priority_overrides_the_precedence() -> None:
    price = resolve(at("1", "a", customer="Meyer", item="lamp"), at("2", "b", priority=1))
    assert price.unit_price == 2
    assert price.reason.lost == (LostRule("a", Criterion.PRIORITY),)


def test_answer_does_not_depend_on_the_order_of_the_rules() -> None:
    rules = [at("1", "b"), at("2", "a"), at("3", "c"), at("4", "d", min_quantity=D(1))]
    assert len({resolve(*order) for order in permutations(rules)}) == 1
    assert resolve(*rules[:3]).unit_price == 2


@pytest.mark.parametrize(
    ("scope", "fits"),
    [
        ({"customer": "Huber"}, False),
        ({"group": "dealers south"}, False),
        ({"group": "dealers"}, True),
        ({"item": "chair"}, False),
        ({"category": "chairs"}, False),
        ({"category": "all"}, True),
        ({"min_quantity": D("1.000001")}, False),
        ({"min_quantity": D("1")}, True),
        ({"valid_from": TODAY, "valid_to": TODAY}, True),
        ({"valid_from": TODAY + dt.timedelta(1)}, False),
        ({"valid_to": TODAY - dt.timedelta(1)}, False),
    ],
)
def test_a_rule_fits_or_the_list_price_stands(scope: dict[str, Any], fits: bool) -> None:
    assert resolve(at("5", "r", **scope)).unit_price == (5 if fits else 100)


def test_unknown_customer_gets_what_is_for_everybody() -> None:
    rules = [at("1", "a", customer="Meyer"), at("2", "b", group="dealers"), at("3", "c")]
    assert resolve_price(ITEM, PartyPricing(), D(1), TODAY, rules).unit_price == 3


def test_a_return_finds_the_break_of_the_sale() -> None:
    rules = [at("9", "a"), at("8", "b", min_quantity=D(10))]
    assert resolve(*rules, quantity="-12").unit_price == 8


def test_a_price_may_be_nothing() -> None:
    assert resolve(at("0", "gift")).unit_price == 0
    assert resolve(formula(base=PriceBase.LIST, markup_percent=D(-100))).unit_price == 0
    assert resolve(PriceRule(key="free", method=ListDiscount(D(100)))).net_unit_price == 0


def test_discount_is_shown_on_the_line() -> None:
    price = resolve(PriceRule(key="d", method=ListDiscount(D("12.5"))))
    assert (price.unit_price, price.discount_percent, price.net_unit_price) == (D(100), D("12.5"), D("87.5"))
    assert (price.reason.source, price.reason.base_price) == (PriceSource.DISCOUNT, D(100))


@pytest.mark.parametrize(
    ("options", "expected", "raised"),
    [
        ({"base": PriceBase.COST, "markup_percent": D(40)}, "87.50", False),
        ({"base": PriceBase.LIST, "markup_percent": D(-15)}, "85.00", False),
        ({"base": PriceBase.COST, "markup_percent": D(40), "min_margin_percent": D(20)}, "87.50", False),
        ({"base": PriceBase.COST, "markup_percent": D(10), "min_margin_percent": D(20)}, "78.13", True),
        ({"base": PriceBase.COST, "markup_percent": D(25), "min_margin_percent": D(20)}, "78.13", False),
    ],
)
def test_formula(options: dict[str, Any], expected: str, raised: bool) -> None:
    price = resolve(formula(**options), decimals=2)
    assert (str(price.unit_price), price.reason.raised_to_margin) == (expected, raised)
    assert price.reason.source is PriceSource.FORMULA


@pytest.mark.parametrize(
    ("markup", "ending", "expected"),
    [
        ("-10.41", PriceEnding(step=D(1), ending=D("0.99")), "89.99"),
        ("-9.51", PriceEnding(step=D(1), ending=D("0.99")), "90.99"),
        ("-9.99", PriceEnding(step=D(1), ending=D("0.99"), direction=EndingDirection.DOWN), "89.99"),
        ("-10.00", PriceEnding(step=D(1), ending=D("0.99"), direction=EndingDirection.UP), "90.99"),
        ("-10.02", PriceEnding(step=D("0.05")), "90.00"),
        ("-10.03", PriceEnding(step=D("0.05")), "89.95"),
        ("-99.90", PriceEnding(step=D(1), ending=D("0.99")), "0.99"),
    ],
)
def test_price_endings(markup: str, ending: PriceEnding, expected: str) -> None:
    price = resolve(formula(base=PriceBase.LIST, markup_percent=D(markup), ending=ending))
    assert price.unit_price == D(expected)


def test_minimum_margin_moves_the_price_up_to_the_next_ending() -> None:
    down = PriceEnding(step=D(1), ending=D("0.99"), direction=EndingDirection.DOWN)
    rule = formula(base=PriceBase.COST, markup_percent=D(25), ending=down, min_margin_percent=D(20))
    price = resolve(rule)  # 78.125 would go down to 77.99, below the margin
    assert (price.unit_price, price.reason.raised_to_margin) == (D("78.99"), True)
    assert price.unit_price >= D("62.50") / D("0.8")


def test_other_currency() -> None:
    assert resolve(currency="USD", currency_rate=D("1.10"), decimals=2).unit_price == D("110.00")
    dollars = PriceRule(key="u", method=FixedPrice(D(99)), currency="USD")
    assert resolve(dollars).unit_price == 100
    assert resolve(dollars, currency="USD").unit_price == 99
    with pytest.raises(PricingError) as caught:
        resolve(currency="USD")
    assert (caught.value.code, caught.value.field) == ("currency_rate_missing", "currency")


@pytest.mark.parametrize(("base", "code"), [(PriceBase.LIST, "no_list_price"), (PriceBase.COST, "no_cost")])
def test_no_price_to_start_from(base: PriceBase, code: str) -> None:
    bare = ItemPricing(item="lamp", currency="EUR")
    with pytest.raises(NoPriceError) as caught:
        resolve_price(bare, DEALER, D(1), TODAY, [formula(base=base)])
    assert (caught.value.code, caught.value.field) == (code, "item")


@pytest.mark.parametrize(
    ("build", "code"),
    [
        (lambda: at("1", "a", item="lamp", category="lamps"), "rule_scope"),
        (lambda: at("1", "a", customer="Meyer", group="dealers"), "rule_scope"),
        (lambda: at("1", "a", min_quantity=D(-1)), "rule_quantity"),
        (lambda: at("1", "a", valid_from=TODAY, valid_to=TODAY - dt.timedelta(1)), "rule_validity"),
        (lambda: PriceRule(key="a", method=FixedPrice(D(1))), "rule_currency"),
        (lambda: FixedPrice(D(-1)), "price_negative"),
        (lambda: ListDiscount(D(101)), "discount_percent"),
        (lambda: PriceFormula(base=PriceBase.COST, markup_percent=D(-101)), "price_markup"),
        (lambda: PriceFormula(base=PriceBase.COST, min_margin_percent=D(100)), "price_margin"),
        (lambda: PriceEnding(step=D(1), ending=D(1)), "price_ending"),
        (lambda: PriceEnding(step=D(0)), "price_ending"),
        (lambda: ItemPricing(item="x", currency="EUR", cost=1.5), "not_decimal"),  # type: ignore[arg-type]
    ],
)
def test_rules_that_contradict_themselves_are_refused(build: Any, code: str) -> None:
    with pytest.raises(PricingError) as caught:
        build()
    assert caught.value.code == code


def test_quantity_is_a_decimal() -> None:
    with pytest.raises(PricingError, match="quantity must be a Decimal"):
        resolve_price(ITEM, DEALER, 1, TODAY, [])  # type: ignore[arg-type]


def test_prices_are_decimals() -> None:
    assert isinstance(resolve().net_unit_price, Decimal)
