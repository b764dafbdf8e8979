"""Order lines as stock knows them: in the item's own unit, a kit as its components."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal

from django.utils.translation import gettext as _

from core.catalog.enums import ItemKind
from core.documents.references import RecordRef
from core.errors import InvalidInputError
from core.fields import ZERO
from erp.inventory.kits import Parts, components, expand
from erp.inventory.reservations import Pick, picks
from erp.orders.models import SalesOrderLine

LINE = SalesOrderLine._meta.label_lower
FINEST = Decimal("0.000001")  # quantities are stored with six decimals
Reserved = Mapping[tuple[int, int], Decimal]
"""(line, item) → reserved now, in the item's unit."""


def reserved_parts(lines: Sequence[SalesOrderLine]) -> dict[tuple[int, int], Decimal]:
    """(line, item) → reserved now, in the item's unit."""
    return sums_of(picks([ref(line) for line in lines]))


def sums_of(claims: Sequence[Pick]) -> dict[tuple[int, int], Decimal]:
    """(line, item) → reserved at all its locations."""
    found: dict[tuple[int, int], Decimal] = {}
    for pick in claims:
        key = (pick.line.id, pick.item_id)
        found[key] = found.get(key, ZERO) + pick.quantity
    return found


def parts_to_deliver(lines: Sequence[SalesOrderLine]) -> dict[SalesOrderLine, Parts]:
    """What still has to leave for each line: its item, or the components of its kit, in their own units."""
    kits = kits_of(lines)
    return {line: stock_parts(line, line.to_deliver, kits) for line in lines}


def kits_of(lines: Sequence[SalesOrderLine]) -> dict[int, Parts]:
    """Kit → its components, for the kits among the lines; without kits nothing is read."""
    kits = {line.item_id for line in lines if line.item is not None and line.item.kind == ItemKind.KIT}
    return components(key for key in kits if key is not None) if kits else {}


def stock_parts(line: SalesOrderLine, quantity: Decimal, kits: dict[int, Parts]) -> Parts:
    """A quantity of a line, as what moves in stock.

    :raises InvalidInputError: a kit without components.
    """
    if line.item is None:
        return []
    if line.item.kind == ItemKind.KIT and line.item.pk not in kits:
        raise InvalidInputError(
            _("%(item)s is a kit without components.") % {"item": line.item},
            code="empty_kit",
            field="lines",
            hint=_("Add its components under Items."),
        )
    whole = line.stock_quantity if quantity == line.quantity else line.stock_quantity * quantity / line.quantity
    return [(item, each.quantize(FINEST)) for item, each in expand(line.item.pk, whole, kits)]


def category_of(line: SalesOrderLine) -> int | None:
    """The category whose accounts bear the cost of a line: that of what is sold, also where components of it move."""
    return line.item.category_id if line.item is not None else None


def ref(line: SalesOrderLine) -> RecordRef:
    """How stock and invoices name an order line."""
    return RecordRef(LINE, line.pk)


def covered(line: SalesOrderLine, parts: Sequence[tuple[int, Decimal]], reserved: Reserved) -> Decimal:
    """How much of a line its reservations are enough for, in the line's unit; only whole kits."""
    # Multiplied before it is divided: one of three is one, not 0.999999.
    ready = min(line.to_deliver * reserved.get((line.pk, item), ZERO) / want for item, want in parts)
    if ready >= line.to_deliver:
        return line.to_deliver
    is_kit = line.item is not None and line.item.kind == ItemKind.KIT
    return ready.quantize(Decimal(1) if is_kit else FINEST, ROUND_FLOOR)
