"""What an item is likely to cost from a supplier."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.catalog.models import Item, Unit
from core.catalog.pricing.rounding import rounded
from core.company.models import Company, Currency
from core.company.queries import exchange_rate
from core.parties.models import Party
from erp.purchasing.enums import PurchaseOrderStatus
from erp.purchasing.models import PurchaseOrderLine

PRICE_QUANTUM = Decimal("0.0001")
"""A price that is computed has four decimals."""


@dataclass(frozen=True, slots=True)
class PurchasePrice:
    """A price per `unit` in the currency asked for."""

    unit_id: int
    unit_price: Decimal
    discount_percent: Decimal = Decimal(0)


def purchase_prices(
    *, company: Company, party: Party, items: Sequence[Item], currency: Currency, on: dt.date
) -> dict[int, PurchasePrice]:
    """Item → the price of the supplier's last confirmed order in this currency, else the item's expected cost."""
    found = _last_prices(company.pk, party.pk, [item.pk for item in items], currency.code)
    missing = [item for item in items if item.pk not in found]
    if missing:
        units = Unit.objects.in_bulk(
            {unit for item in missing for unit in (item.unit_id, item.purchase_unit_id)} - {None}
        )
        rate = exchange_rate(company, currency.code, on)
        for item in missing:
            found[item.pk] = _expected(item, units, rate)
    return found


def _last_prices(company_id: int, party_id: int, item_ids: Sequence[int], currency: str) -> dict[int, PurchasePrice]:
    rows = (
        PurchaseOrderLine.objects.filter(
            item_id__in=item_ids,
            order__company_id=company_id,
            order__party_id=party_id,
            order__currency_id=currency,
            order__status__in=(PurchaseOrderStatus.CONFIRMED, PurchaseOrderStatus.DONE),
            unit__isnull=False,
        )
        .order_by("item_id", "-order__document_date", "-id")
        .distinct("item_id")
    )
    fields = ("item_id", "unit_id", "unit_price", "discount_percent")
    return {item: PurchasePrice(unit, price, discount) for item, unit, price, discount in rows.values_list(*fields)}


def _expected(item: Item, units: dict[int, Unit], rate: Decimal) -> PurchasePrice:
    unit = units[item.purchase_unit_id or item.unit_id]
    ratio = unit.factor / units[item.unit_id].factor
    if ratio == 1 and rate == 1:
        return PurchasePrice(unit.pk, item.cost)
    return PurchasePrice(unit.pk, rounded(item.cost * ratio / rate, PRICE_QUANTUM))
