"""What needs doing, for the foot of a dashboard. Each is None for who may not see its rows."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access.policies import may, roles_in
from core.ui import formats, registry
from core.ui.listing import Listing
from core.ui.nav import may_as
from core.ui.resource import Caller
from erp.inventory.models import StockLevel
from erp.inventory.queries import low_stock
from reporting.periods import Period
from reporting.pictures import Row, TodoList

SHOWN = 6


def _list(caller: Caller, slug: str, title: str, query: str, order: str, row: Any, empty: str) -> TodoList | None:  # noqa: PLR0917
    """The first rows of a Resource's list under these parameters, and the way to all of them."""
    resource = registry.find(slug)
    if resource is None or not may_as(roles_in(caller.user, caller.company_id), "view", resource.model):
        return None
    rows = Listing(resource, caller, QueryDict(query)).queryset.order_by(order, "pk")
    count = rows.count()
    shown = rows.select_related("party")[:SHOWN] if count else ()
    made = [row(resource, one) for one in shown]
    more = f"{resource.url('list')}?{query}"
    return TodoList(title, made, more if count else "", formats.number(count) if count else "", empty)


def _document(day: str) -> Any:
    def row(resource: Any, one: Any) -> Row:
        value = formats.money_with_currency(getattr(one, "total_amount", None), getattr(one, "currency_id", ""))
        when = formats.date(getattr(one, day))
        return Row(resource.url("detail", one.pk), f"{one} · {one.party}", when, value)

    return row


def my_tasks(caller: Caller, period: Period) -> TodoList | None:
    """What the caller has planned, the most urgent first."""

    def row(resource: Any, one: Any) -> Row:
        late = one.due_at < caller.now
        badge = {"label": _("Late"), "color": "red"} if late else None
        return Row(resource.url("detail", one.pk), one.subject, formats.moment(one.due_at), badge=badge)

    query = "owner=me&is_open=1"
    return _list(caller, "tasks", _("My tasks"), query, "due_at", row, _("No open tasks. Well done."))


def ending_quotations(caller: Caller, period: Period) -> TodoList | None:
    """Quotations whose validity ends within a week."""
    query = "status=sent&valid_until_to=today%2B7"
    empty = _("No quotation ends this week.")
    return _list(
        caller, "quotations", _("Quotations ending this week"), query, "valid_until", _document("valid_until"), empty
    )


def orders_to_deliver(caller: Caller, period: Period) -> TodoList | None:
    """Confirmed orders with something left to deliver, the oldest first."""
    query = "status=confirmed&delivery_state=none,partial"
    empty = _("Everything ordered has been delivered.")
    return _list(
        caller, "sales-orders", _("Orders to deliver"), query, "document_date", _document("document_date"), empty
    )


def deliveries_to_ship(caller: Caller, period: Period) -> TodoList | None:
    """Planned deliveries, the oldest first."""
    row = _document("document_date")
    empty = _("Nothing waits to be shipped.")
    return _list(caller, "deliveries", _("Deliveries to ship"), "status=draft", "document_date", row, empty)


def overdue_invoices(caller: Caller, period: Period) -> TodoList | None:
    """Invoices past their due date, the oldest first."""
    today = timezone.localdate()

    def row(resource: Any, one: Any) -> Row:
        days = (today - one.next_due_date).days
        badge = {"label": _("%(days)s days") % {"days": days}, "color": "red"}
        value = formats.money_with_currency(one.open_amount, one.currency_id)
        return Row(resource.url("detail", one.pk), str(one.party), str(one), value, badge)

    query = "payment_state=overdue"
    empty = _("Nobody is late with a payment.")
    return _list(caller, "sales-invoices", _("Overdue invoices"), query, "due_date", row, empty)


def low_stock_items(caller: Caller, period: Period) -> TodoList | None:
    """Items at or below their reorder point, the scarcest first."""
    if not may(caller.user, "view", StockLevel, caller.company_id):
        return None
    found = low_stock(company_id=caller.company_id)
    resource = registry.get("items")
    rows = [
        Row(
            resource.url("detail", one.item_id),
            one.name,
            one.sku,
            _("%(there)s of %(point)s")
            % {"there": formats.quantity(one.available + one.incoming), "point": formats.quantity(one.reorder_point)},
        )
        for one in found[:SHOWN]
    ]
    count = formats.number(len(found)) if found else ""
    empty = _("Every item is above its reorder point.")
    return TodoList(_("Low stock"), rows, reverse("inventory:stock-on-hand") if found else "", count, empty)
