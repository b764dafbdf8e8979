"""Reading for change, in the suite's order: levels by item and location, the items' valuations, their layers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.documents.references import RecordRef
from erp.inventory.costing import ItemStock, OpenLayer
from erp.inventory.models import CostLayer, ItemValuation, Reservation, StockLevel
from erp.inventory.posting.inputs import KnownItem

Pair = tuple[int, int]


@dataclass(slots=True)
class LockedLevel:
    """A stock level under its lock, changed in memory until it is written."""

    id: int
    on_hand: Decimal
    reserved: Decimal
    on_hand_change: Decimal = Decimal(0)
    reserved_change: Decimal = Decimal(0)

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.reserved

    def move(self, quantity: Decimal) -> None:
        self.on_hand += quantity
        self.on_hand_change += quantity

    def reserve(self, quantity: Decimal) -> None:
        self.reserved += quantity
        self.reserved_change += quantity


@dataclass(slots=True)
class Claim:
    """A reservation, covered by the lock of its level, used up in memory until it is written."""

    id: int
    quantity: Decimal
    used: Decimal = Decimal(0)

    def use(self, wanted: Decimal) -> Decimal:
        """:returns: how much of `wanted` the claim covers."""
        taken = min(self.quantity - self.used, wanted)
        self.used += taken
        return taken


ClaimKey = tuple[RecordRef, int, int]
"""Line, item, location."""


def read_claims(lines: Collection[RecordRef]) -> dict[ClaimKey, Claim]:
    """The reservations of these lines."""
    if not lines:
        return {}
    rows = Reservation.objects.filter(
        line_id__in={line.id for line in lines}, line_label__in={line.label for line in lines}
    ).values_list("line_label", "line_id", "item_id", "location_id", "id", "quantity")
    found = {
        (RecordRef(label, line), item, place): Claim(pk, quantity) for label, line, item, place, pk, quantity in rows
    }
    return {key: claim for key, claim in found.items() if key[0] in lines}


def lock_levels(company_id: int, pairs: Iterable[Pair]) -> dict[Pair, LockedLevel]:
    """Lock the levels of these (item, location) pairs; rows that do not exist yet are made."""
    wanted = sorted(set(pairs))
    found = _locked(wanted)
    missing = [pair for pair in wanted if pair not in found]
    if missing:
        rows = [StockLevel(company_id=company_id, item_id=item, location_id=place) for item, place in missing]
        StockLevel.objects.bulk_create(rows, ignore_conflicts=True)
        found |= _locked(missing)
    return found


def _locked(pairs: Sequence[Pair]) -> dict[Pair, LockedLevel]:
    return lock_existing_levels({item for item, _ in pairs}, {place for _, place in pairs})


def lock_existing_levels(items: Collection[int], places: Collection[int]) -> dict[Pair, LockedLevel]:
    """Lock the levels there are of these items at these locations, in the suite's order."""
    rows = (
        StockLevel.objects.select_for_update()
        .filter(item_id__in=items, location_id__in=places)
        .order_by("item_id", "location_id")
        .values_list("item_id", "location_id", "id", "on_hand", "reserved")
    )
    return {(item, place): LockedLevel(pk, on_hand, reserved) for item, place, pk, on_hand, reserved in rows}


def lock_valuations(
    company_id: int, items: Mapping[int, KnownItem], *, minor_unit: Decimal
) -> dict[int, tuple[int, ItemStock]]:
    """Lock the valuations of these items: item → (row id, stock without its layers)."""
    found = _valuations(items, minor_unit)
    missing = sorted(set(items) - set(found))
    if missing:
        rows = [ItemValuation(company_id=company_id, item_id=item) for item in missing]
        ItemValuation.objects.bulk_create(rows, ignore_conflicts=True)
        found |= _valuations({pk: items[pk] for pk in missing}, minor_unit)
    return found


def _valuations(items: Mapping[int, KnownItem], minor_unit: Decimal) -> dict[int, tuple[int, ItemStock]]:
    rows = (
        ItemValuation.objects.select_for_update()
        .filter(item_id__in=list(items))
        .order_by("item_id")
        .values_list("item_id", "id", "costing_method", "quantity", "value", "last_unit_cost")
    )
    return {
        item: (pk, ItemStock(_method(items[item], method, quantity), minor_unit, quantity, value, last))
        for item, pk, method, quantity, value, last in rows
    }


def _method(item: KnownItem, current: str, quantity: Decimal) -> str:
    """A change of the item's costing method takes effect once nothing of it is left."""
    return current if quantity else item.costing_method


def read_layers(stocks: Mapping[int, ItemStock]) -> None:
    """Give these items their open layers, oldest first. The valuations' locks cover them."""
    rows = CostLayer.objects.filter(item_id__in=list(stocks), remaining_quantity__gt=0).order_by("layer_date", "id")
    fields = ("id", "item_id", "unit_cost", "remaining_quantity", "remaining_value", "layer_date")
    for pk, item, unit_cost, quantity, value, day in rows.values_list(*fields):
        stocks[item].layers.append(OpenLayer(unit_cost, quantity, value, pk, day))
