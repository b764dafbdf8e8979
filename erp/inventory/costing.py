"""FIFO and moving average, computed in memory: what an issue costs and what is left.

FIFO takes the oldest layers at the unit cost they came in at; a moving average takes its share of the whole. Amounts
are rounded to the currency's minor unit, and whoever takes the last unit takes the residue: nothing is worth nothing.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from core.catalog.enums import CostingMethod
from core.catalog.pricing.rounding import ENGINE_CONTEXT, rounded

ZERO = Decimal(0)
COST_QUANTUM = Decimal("0.00000001")


@dataclass(slots=True)
class OpenLayer:
    """A layer with something left.

    :ivar key: whatever names it to the caller; a stored layer or one that is about to be.
    :ivar came_on: its day; issues of an earlier day pass it by.
    """

    unit_cost: Decimal
    quantity: Decimal
    value: Decimal
    key: object = None
    came_on: dt.date = dt.date.min


@dataclass(frozen=True, slots=True)
class StockChange:
    """A change of quantity and value."""

    quantity: Decimal = ZERO
    value: Decimal = ZERO


NO_CHANGE = StockChange()


@dataclass(frozen=True, slots=True)
class Part:
    """What an issue took from one layer (None: from the average).

    :ivar residue: the share of `value` that is no goods but earlier rounding.
    """

    layer: OpenLayer | None
    quantity: Decimal
    value: Decimal
    residue: Decimal = ZERO


@dataclass(slots=True)
class ItemStock:
    """Quantity and value of one item, changed by `put`, `take` and `revalue`."""

    method: str
    minor_unit: Decimal
    quantity: Decimal = ZERO
    value: Decimal = ZERO
    last_unit_cost: Decimal = ZERO
    layers: list[OpenLayer] = field(default_factory=list)

    @property
    def unit_cost(self) -> Decimal:
        """The average of what is there, or the last known cost when nothing is."""
        return unit_cost_of(self.value, self.quantity) if self.quantity else self.last_unit_cost

    def amount(self, quantity: Decimal, unit_cost: Decimal) -> Decimal:
        """quantity · unit cost as money."""
        return rounded(_times(quantity, unit_cost), self.minor_unit)

    def put(self, quantity: Decimal, value: Decimal, key: object = None, on: dt.date = dt.date.min) -> OpenLayer | None:
        """Goods come in at `value`. Average: (Q·c + q·p) / (Q + q). FIFO: a new layer, which is answered."""
        self.quantity += quantity
        self.value += value
        self.last_unit_cost = unit_cost_of(value, quantity)
        if self.method == CostingMethod.AVERAGE:
            return None
        layer = OpenLayer(self.last_unit_cost, quantity, value, key, on)
        self.layers.append(layer)
        return layer

    def takeable(self, on: dt.date = dt.date.max) -> Decimal:
        """What is there now and had come by the day `on`, as far as the method knows: an average has no days."""
        if self.method == CostingMethod.AVERAGE:
            return self.quantity
        return sum((layer.quantity for layer in self.layers if layer.came_on <= on), ZERO)

    def take(self, quantity: Decimal, on: dt.date = dt.date.max, later: StockChange = NO_CHANGE) -> list[Part]:
        """Goods go out; the answer says at what cost and from where. There must be enough.

        :param on: the day they leave. FIFO takes layers that had come by then.
        :param later: what changed after that day. A moving average is that of the day.
        """
        if self.method == CostingMethod.AVERAGE:
            parts = [self._from_average(quantity, later)]
        else:
            parts = self._from_layers(quantity, on)
        taken = sum((part.value for part in parts), ZERO)
        self.last_unit_cost = unit_cost_of(taken, quantity)
        self.quantity -= quantity
        self.value -= taken
        return parts

    def revalue(self, layer: OpenLayer | None, amount: Decimal) -> None:
        """The value of what is there changes by `amount`, on one layer or on the average."""
        self.value += amount
        if layer is not None:
            layer.value += amount
            layer.unit_cost = unit_cost_of(layer.value, layer.quantity)

    def _from_average(self, quantity: Decimal, later: StockChange) -> Part:
        whole, value = self.quantity - later.quantity, self.value - later.value
        if quantity == whole:
            return Part(None, quantity, value)
        return Part(None, quantity, _share(value, quantity, whole, self.minor_unit))

    def _from_layers(self, quantity: Decimal, on: dt.date) -> list[Part]:
        parts, missing = [], quantity
        for layer in self.layers:
            if not missing:
                break
            if layer.came_on > on:
                continue
            part = self._from_layer(layer, min(missing, layer.quantity))
            layer.quantity -= part.quantity
            layer.value -= part.value
            missing -= part.quantity
            parts.append(part)
        if missing:
            raise ArithmeticError(f"{missing} more taken than the layers hold")
        self.layers = [layer for layer in self.layers if layer.quantity]
        return parts

    def _from_layer(self, layer: OpenLayer, quantity: Decimal) -> Part:
        """At the layer's unit cost while the rest keeps its value to the minor unit; the last takes what is left."""
        value = self.amount(quantity, layer.unit_cost)
        if quantity == layer.quantity:
            return Part(layer, quantity, layer.value, layer.value - value)
        rest = _times(layer.quantity - quantity, layer.unit_cost)
        drift = layer.value - value - rest
        if abs(drift) > self.minor_unit or value > layer.value:
            value = layer.value - min(layer.value, rounded(rest, self.minor_unit))
        return Part(layer, quantity, value)


def unit_cost_of(value: Decimal, quantity: Decimal) -> Decimal:
    """value / quantity with the eight places of a unit cost."""
    return rounded(ENGINE_CONTEXT.divide(value, quantity), COST_QUANTUM) if quantity else ZERO


def returned_value(
    *,
    issued: Decimal,
    issued_value: Decimal,
    back: Decimal,
    back_value: Decimal,
    quantity: Decimal,
    minor_unit: Decimal,
) -> Decimal:
    """What `quantity` of an issue is worth on its way back.

    Whatever came back so far is worth its share of the issued value, so parts add up and the last takes the residue.

    :param back: quantity that came back earlier, worth `back_value`.
    """
    return _share(issued_value, back + quantity, issued, minor_unit) - back_value


def _times(quantity: Decimal, unit_cost: Decimal) -> Decimal:
    return ENGINE_CONTEXT.multiply(quantity, unit_cost)


def _share(value: Decimal, part: Decimal, whole: Decimal, minor_unit: Decimal) -> Decimal:
    return rounded(ENGINE_CONTEXT.divide(_times(part, value), whole), minor_unit)
