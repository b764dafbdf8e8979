"""What the writer of stock moves is given, and what it knows about items and locations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.catalog.enums import ItemKind
from core.catalog.models import Item
from core.documents.references import RecordRef
from core.errors import InvalidInputError
from core.fields import QuantityField
from erp.inventory.enums import STOCKED_KINDS
from erp.inventory.errors import NotStockedError
from erp.inventory.models import Location
from erp.ledger.enums import AccountKey


@dataclass(frozen=True, slots=True)
class MoveInput:
    """One move to be made.

    :ivar quantity: positive, in the item's unit.
    :ivar unit_cost: of goods that come in, in the company's currency; `value` gives the whole amount instead. Without
        both, goods come in at what stock costs now, or at the item's expected cost.
    :ivar returns_move_id: the issue that comes back; it re-enters at its issued cost.
    :ivar counter_key: account on the other side of the inventory account, where it is not the usual one of the item;
        then `counter_category_id` is the item category whose account answers, None for the general one.
    :ivar line: the line that is fulfilled; its reservations are used up when the posting consumes reservations.
    """

    item_id: int
    quantity: Decimal
    from_location_id: int
    to_location_id: int
    unit_cost: Decimal | None = None
    value: Decimal | None = None
    returns_move_id: int | None = None
    counter_key: AccountKey | None = None
    counter_category_id: int | None = None
    line: RecordRef | None = None


@dataclass(frozen=True, slots=True)
class KnownItem:
    """What a posting needs of an item."""

    id: int
    name: str
    kind: str
    category_id: int | None
    costing_method: str
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Places:
    """Locations of a posting by id."""

    kinds: Mapping[int, str]
    names: Mapping[int, str]

    def is_stock(self, location_id: int) -> bool:
        return self.kinds[location_id] in STOCKED_KINDS


def known_items(company_id: int, item_ids: Iterable[int]) -> dict[int, KnownItem]:
    fields = ("id", "sku", "name", "kind", "category_id", "costing_method", "cost")
    rows = Item.objects.filter(company_id=company_id, pk__in=set(item_ids)).order_by().values_list(*fields)
    return {
        pk: KnownItem(pk, f"{sku} {name}", kind, category_id, method, cost)
        for pk, sku, name, kind, category_id, method, cost in rows
    }


def known_places(company_id: int, moves: Sequence[MoveInput]) -> Places:
    wanted = {place for move in moves for place in (move.from_location_id, move.to_location_id)}
    found = Location.objects.filter(company_id=company_id, pk__in=wanted).order_by()
    rows = list(found.values_list("id", "kind", "name"))
    if len(rows) != len(wanted):
        raise InvalidInputError(_("A location of this company is needed."), code="unknown_location", field="location")
    return Places({pk: kind for pk, kind, name in rows}, {pk: name for pk, kind, name in rows})


def stocked_moves(moves: Sequence[MoveInput], items: Mapping[int, KnownItem]) -> list[MoveInput]:
    """The moves of goods; services have none.

    :raises InvalidInputError: for an unknown item or a quantity that is not positive or too fine to store.
    :raises NotStockedError: for a kit.
    """
    kept = []
    for move in moves:
        item = items.get(move.item_id)
        if item is None:
            raise InvalidInputError(_("An item of this company is needed."), code="unknown_item", field="item")
        if item.kind == ItemKind.KIT:
            raise NotStockedError(
                _("%(item)s is a kit; its components are moved, not the kit.") % {"item": item.name}, field="item"
            )
        _require_quantity(move.quantity, item.name)
        if item.kind == ItemKind.STOCKED:
            kept.append(move)
    return kept


def _require_quantity(quantity: Decimal, item: str) -> None:
    exponent = quantity.normalize().as_tuple().exponent
    if quantity <= 0 or not isinstance(exponent, int) or exponent < -QuantityField.places:
        raise InvalidInputError(
            _("%(item)s: a quantity is more than zero and has at most six decimals.") % {"item": item},
            code="invalid_quantity",
            field="quantity",
        )
