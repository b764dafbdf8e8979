"""Between document lines and the pricing engine: fill what a line left open, price, carry the result back."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from core.catalog.enums import TaxDirection
from core.catalog.errors import PricingError
from core.catalog.lines import LineData, filled, items_of
from core.catalog.models import Item, TaxedLine
from core.catalog.pricing import LineInput, PricedDocument, RoundingPolicy, RoundingScope, TaxSpec, price_document
from core.catalog.queries import sale_prices, tax_sets_for, tax_specs
from core.company.models import Company, Currency
from core.errors import InvalidInputError
from core.parties.models import Party

L = TypeVar("L", bound=TaxedLine)


def rounding_policy(company: Company, currency: Currency) -> RoundingPolicy:
    """How amounts of a document are rounded: half-up, in the currency's minor unit, per document or per line."""
    return RoundingPolicy(minor_units=currency.minor_units, scope=RoundingScope(company.tax_rounding))


def complete_lines(
    lines: Sequence[LineData],
    *,
    company: Company,
    party: Party | None,
    on: dt.date,
    currency_code: str,
    direction: TaxDirection = TaxDirection.SALE,
) -> tuple[list[LineData], dict[int, Item]]:
    """Fill description, unit, price, discount and taxes of every line from its item, and return the items too.

    A price or tax that was given stays as it is.

    :raises InvalidInputError: an item does not exist.
    """
    items = items_of(company.pk, lines)
    tax_sets = tax_sets_for(company=company, direction=direction, party=party, items=items.values())
    wanted = _unpriced(lines, items)
    if not wanted:
        prices = {}
    elif direction == TaxDirection.PURCHASE:
        prices = {item.pk: (item.cost, Decimal(0)) for item in wanted}
    else:
        found = sale_prices(company=company, party=party, wanted=wanted, on=on, currency_code=currency_code)
        prices = {key: (price.unit_price, price.discount_percent) for key, price in found.items()}
    done = []
    for line in lines:
        item = items.get(line.item_id or 0)
        if item is None:
            done.append(filled(line, unit_price=Decimal(0), discount_percent=Decimal(0)))
            continue
        price, discount = prices.get(item.pk, (Decimal(0), Decimal(0)))
        is_priced = line.unit_price is not None
        done.append(
            filled(
                line,
                description=item.name,
                unit_id=item.unit_id,
                unit_price=price,
                discount_percent=Decimal(0) if is_priced else discount,
                tax_set_id=tax_sets.get(item.pk),
            )
        )
    return done, items


def _unpriced(lines: Sequence[LineData], items: Mapping[int, Item]) -> dict[Item, Decimal]:
    """Items whose line has no price yet, with the quantity asked in all, which decides the quantity break."""
    wanted: dict[Item, Decimal] = {}
    for line in lines:
        if line.unit_price is None and line.item_id is not None:
            item = items[line.item_id]
            wanted[item] = wanted.get(item, Decimal(0)) + line.quantity
    return wanted


def price_lines(
    lines: Sequence[L],
    *,
    company: Company,
    currency: Currency,
    specs: Mapping[int, tuple[TaxSpec, ...]] | None = None,
) -> PricedDocument:
    """Price the lines and write each one's net and tax onto it, in memory. `TaxTotal.account_key` is the tax's key.

    :param specs: taxes by tax set, where the caller has them already.
    :raises InvalidInputError: what the engine refuses, worded for the user.
    """
    taxes = tax_specs(line.tax_set_id for line in lines if line.tax_set_id) if specs is None else specs
    try:
        priced = price_document([_input(line, taxes) for line in lines], rounding_policy(company, currency))
    except PricingError as error:
        raise InvalidInputError(str(error), code=error.code, field=error.field or "lines") from error
    for line, result in zip(lines, priced.lines, strict=True):
        line.net_amount, line.tax_amount = result.net, result.tax
    return priced


def _input(line: TaxedLine, taxes: Mapping[int, tuple[TaxSpec, ...]]) -> LineInput:
    return LineInput(
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        taxes=taxes.get(line.tax_set_id or 0, ()),
        key=line.position,
    )


def tax_summary(priced: PricedDocument) -> list[dict[str, Any]]:
    """Tax by rate as plain values, for screens and papers."""
    return [
        {"code": total.code, "rate": str(total.rate), "base": str(total.base), "amount": str(total.amount)}
        for total in priced.taxes
    ]
