"""Short ways to state taxes, lines and strategies for the tests of the pricing engine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from core.catalog.pricing import ChargeInput, LineInput, RoundingMode, RoundingPolicy, RoundingScope, TaxKind, TaxSpec

D = Decimal

PER_DOCUMENT = RoundingPolicy()
PER_LINE = RoundingPolicy(scope=RoundingScope.LINE)
PER_LINE_HALF_EVEN = RoundingPolicy(scope=RoundingScope.LINE, mode=RoundingMode.HALF_EVEN)


def percent(rate: str, code: str = "", **options: Any) -> TaxSpec:
    return TaxSpec(code=code or f"P{rate}", rate=D(rate), **options)


def vat(rate: str, **options: Any) -> TaxSpec:
    return percent(rate, f"VAT{rate}", category_code="S", **options)


def fixed(amount: str, code: str = "", **options: Any) -> TaxSpec:
    return TaxSpec(code=code or f"F{amount}", kind=TaxKind.FIXED, amount=D(amount), **options)


def division(rate: str, **options: Any) -> TaxSpec:
    return TaxSpec(code=f"D{rate}", kind=TaxKind.DIVISION, rate=D(rate), **options)


def group(code: str, *children: TaxSpec, sequence: int = 0) -> TaxSpec:
    return TaxSpec(code=code, kind=TaxKind.GROUP, children=children, sequence=sequence)


def line(price: str, *taxes: TaxSpec, quantity: str = "1", **options: Any) -> LineInput:
    return LineInput(quantity=D(quantity), unit_price=D(price), taxes=taxes, **options)


def charge(amount: str, *taxes: TaxSpec, **options: Any) -> ChargeInput:
    return ChargeInput(amount=D(amount), taxes=taxes, **options)


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(min_value=low, max_value=high, places=places, allow_nan=False, allow_infinity=False)


VAT_RATES = ["0", "5.5", "7", "7.7", "19", "20", "21", "25"]

prices = decimals("0", "9999", 4)
quantities = decimals("-50", "50", 3)
vats = st.sampled_from([vat(rate) for rate in VAT_RATES])
levies = st.sampled_from(
    [
        fixed("0.35", "ECO", affects_base=True, sequence=-2),
        percent("3.33", "LUX", affects_base=True, sequence=-1),
        fixed("0.10", "BAG"),
        division("12"),
    ]
)
policies = st.builds(
    RoundingPolicy,
    minor_units=st.sampled_from([0, 2, 3]),
    scope=st.sampled_from(list(RoundingScope)),
    mode=st.sampled_from(list(RoundingMode)),
)
