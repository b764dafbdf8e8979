"""What an act will do, in words and figures, before somebody does it."""

from django.utils import timezone
from django.utils.translation import gettext as _

from core.catalog.enums import ItemKind
from core.company.queries import local_date
from core.ui import formats
from erp.inventory.queries import availability
from erp.orders.models import Delivery, SalesOrder
from erp.orders.parts import parts_to_deliver
from erp.orders.queries.credit import credit_position


def reservation_lines(order: SalesOrder) -> list[str]:
    """What confirming would reserve and what would wait, item by item where something is short."""
    lines = [line for line in order.lines.select_related("item") if line.needs_delivery]
    if not lines:
        return [_("The order has nothing to deliver; nothing is reserved.")]
    wanted: dict[int, object] = {}
    names: dict[int, str] = {}
    for line, parts in parts_to_deliver(lines).items():
        for item_id, quantity in parts:
            wanted[item_id] = wanted.get(item_id, 0) + quantity  # type: ignore[operator]
            names[item_id] = str(line.item) if line.item and line.item.kind != ItemKind.KIT else line.description
    stock = availability(company_id=order.company_id, item_ids=list(wanted), warehouse_id=order.warehouse_id)
    short = [
        _("%(item)s: %(wanted)s ordered, %(available)s available; the rest waits as backorder.")
        % {
            "item": names[item_id],
            "wanted": formats.quantity(quantity),  # type: ignore[arg-type]
            "available": formats.quantity(stock[item_id].available),
        }
        for item_id, quantity in wanted.items()
        if stock[item_id].available < quantity  # type: ignore[operator]
    ]
    return short or [_("Everything is in stock and will be reserved.")]


def credit_warnings(order: SalesOrder) -> list[str]:
    """The customer's exposure with this order against the credit limit; nothing without a limit."""
    company = order.company
    position = credit_position(
        company=company, party=order.party, as_of=local_date(company, timezone.now()), order=order
    )
    if position.limit is None or position.headroom is None:
        return []
    figures = {
        "exposure": formats.money_with_currency(position.exposure, company.currency_id),
        "limit": formats.money_with_currency(position.limit, company.currency_id),
        "headroom": formats.money_with_currency(abs(position.headroom), company.currency_id),
    }
    if position.is_exceeded:
        return [
            _(
                "Credit limit exceeded: receivable, open orders and this order make %(exposure)s, "
                "%(headroom)s more than the limit of %(limit)s."
            )
            % figures
        ]
    return [_("Credit: %(exposure)s of %(limit)s with this order, %(headroom)s left.") % figures]


def shipping_lines(delivery: Delivery) -> list[str]:
    """What leaves."""
    lines = delivery.lines.select_related("item", "unit")
    return [
        _("%(quantity)s %(unit)s of %(item)s leave stock at their cost.")
        % {"quantity": formats.quantity(line.quantity), "unit": line.unit or "", "item": line.item}
        for line in lines
    ]
