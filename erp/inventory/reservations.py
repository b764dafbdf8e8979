"""Claims of order lines on goods. Under the level's lock, so two orders never get the same last unit."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from core.documents.references import RecordRef
from erp.inventory.enums import LocationKind
from erp.inventory.models import Location, Reservation
from erp.inventory.posting.locks import Claim, lock_existing_levels, read_claims
from erp.inventory.posting.writing import update_claims, update_levels

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Want:
    """An order line that wants a quantity (in the item's unit) reserved on top of what it already has."""

    line: RecordRef
    item_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Pick:
    """Goods reserved for a line at a location."""

    line: RecordRef
    item_id: int
    location_id: int
    quantity: Decimal


def reserve(*, company_id: int, warehouse_id: int, wants: Sequence[Want], now: dt.datetime) -> dict[RecordRef, Decimal]:
    """Reserve what is free, line by line in the order given; a line may get less than it wants, or nothing.

    Goods are taken from the warehouse's stock location first, then from its other pickable locations.

    :returns: line → quantity reserved now.
    """
    with transaction.atomic(savepoint=False):
        places = pickable_locations(warehouse_id)
        levels = lock_existing_levels({want.item_id for want in wants}, places)
        existing = read_claims({want.line for want in wants})
        fresh: list[Reservation] = []
        grown: list[Claim] = []
        got: dict[RecordRef, Decimal] = {}
        for want in wants:
            missing = want.quantity
            for place in places:
                level = levels.get((want.item_id, place))
                taken = min(level.available, missing) if level else ZERO
                if taken <= 0 or level is None:
                    continue
                level.reserve(taken)
                missing -= taken
                claim = existing.get((want.line, want.item_id, place))
                if claim is None:
                    fresh.append(_reservation(company_id, want, place, taken, now))
                else:
                    claim.used -= taken
                    grown.append(claim)
            got[want.line] = got.get(want.line, ZERO) + want.quantity - missing
        Reservation.objects.bulk_create(fresh)
        update_claims(grown)
        update_levels(levels.values())
    return got


def release(*, company_id: int, lines: Collection[RecordRef]) -> dict[RecordRef, Decimal]:
    """Give back everything that is reserved for these lines.

    :returns: line → quantity given back; lines without reservation are left out.
    """
    with transaction.atomic(savepoint=False):
        wanted = set(lines)
        pairs = {(item, place) for _line, item, place in read_claims(wanted)}
        if not pairs:
            return {}
        levels = lock_existing_levels({item for item, _place in pairs}, [place for _item, place in pairs])
        freed: dict[RecordRef, Decimal] = {}
        claims = read_claims(wanted)  # again: under the locks nobody changes them any more
        for (line, item, place), claim in claims.items():
            quantity = claim.use(claim.quantity)
            levels[item, place].reserve(-quantity)
            freed[line] = freed.get(line, ZERO) + quantity
        update_claims(claims.values())
        update_levels(levels.values())
    return freed


def picks(lines: Collection[RecordRef]) -> list[Pick]:
    """Where the goods of these lines are reserved."""
    return [Pick(line, item, place, claim.quantity) for (line, item, place), claim in read_claims(set(lines)).items()]


def reserved_quantities(lines: Collection[RecordRef]) -> dict[RecordRef, Decimal]:
    """Line → quantity reserved for it now; zero where nothing is."""
    found = dict.fromkeys(lines, ZERO)
    for pick in picks(lines):
        found[pick.line] += pick.quantity
    return found


def pickable_locations(warehouse_id: int) -> list[int]:
    """Locations of a warehouse that orders ship from, in the order in which they are asked."""
    rows = Location.objects.filter(
        warehouse_id=warehouse_id, kind=LocationKind.INTERNAL, is_pickable=True, active=True
    ).values_list("id", "warehouse__stock_location_id")
    return [place for place, _main in sorted(rows, key=lambda row: (row[0] != row[1], row[0]))]


def _reservation(company_id: int, want: Want, place: int, quantity: Decimal, now: dt.datetime) -> Reservation:
    return Reservation(
        company_id=company_id,
        line_label=want.line.label,
        line_id=want.line.id,
        item_id=want.item_id,
        location_id=place,
        quantity=quantity,
        reserved_at=now,
    )
