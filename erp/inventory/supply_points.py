"""Where upper apps say what is on its way in and what is ordered to go out, so that availability is one figure."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal

Provider = Callable[..., dict[int, Decimal]]
"""Called with company_id, item_ids (None: all) and warehouse_id (None: all); answers item → open quantity."""

Direction = Literal["incoming", "outgoing"]
_providers: dict[Direction, list[Provider]] = {"incoming": [], "outgoing": []}


def register(direction: Direction, provider: Provider) -> None:
    """Add a provider; registering the same one again changes nothing."""
    if provider not in _providers[direction]:
        _providers[direction].append(provider)


def quantities(
    direction: Direction, *, company_id: int, item_ids: Sequence[int] | None, warehouse_id: int | None
) -> dict[int, Decimal]:
    """Item → the sum over all providers."""
    total: dict[int, Decimal] = {}
    for provider in _providers[direction]:
        found = provider(company_id=company_id, item_ids=item_ids, warehouse_id=warehouse_id)
        for item, quantity in found.items():
            total[item] = total.get(item, Decimal(0)) + quantity
    return total
