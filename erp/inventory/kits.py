"""A kit is sold as one line and moves as its components."""

from collections.abc import Iterable
from decimal import Decimal

from core.catalog.models import KitComponent

Parts = list[tuple[int, Decimal]]


def components(item_ids: Iterable[int]) -> dict[int, Parts]:
    """Kit → (component item, quantity per kit); items that are no kits are left out."""
    found: dict[int, Parts] = {}
    rows = KitComponent.objects.filter(kit_id__in=set(item_ids)).order_by("kit_id", "id")
    for kit, item, quantity in rows.values_list("kit_id", "item_id", "quantity"):
        found.setdefault(kit, []).append((item, quantity))
    return found


def expand(item_id: int, quantity: Decimal, kits: dict[int, Parts]) -> Parts:
    """What moves for a quantity of an item: its components, or the item itself when it is no kit."""
    return [(item, each * quantity) for item, each in kits[item_id]] if item_id in kits else [(item_id, quantity)]
