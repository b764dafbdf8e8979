"""What needs doing, for the foot of a dashboard. Each is None for who may not see its rows."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from core.ui import formats, registry
from core.ui.choices import has_field
from core.ui.listing import Listing
from core.ui.nav import may_as
from crm.leads.enums import LeadStatus
from crm.tickets.enums import OPEN_STATUSES as OPEN_TICKETS
from erp.inventory.models import StockLevel
from erp.inventory.queries import low_stock
from reporting.pictures import Row, TodoList
from reporting.reading import Reader

SHOWN = 6


def _list(reader: Reader, slug: str, title: str, query: str, order: str, row: Any, empty: str) -> TodoList | None:  # noqa: PLR0917
    """The first rows of a Resource's list under these parameters, and the way to all of them."""
    resource, caller = registry.find(slug), reader.caller
    if resource is None or not may_as(reader.roles, "view", resource.model):
        return None
    rows = Listing(resource, caller, QueryDict(query)).queryset.order_by(order, "pk")
    count = rows.count()
    related = ("party",) if has_field(resource.model, "party") else ()
    shown = rows.select_related(*related)[:SHOWN] if count else ()
    made = [row(resource, one) for one in shown]
    more = f"{resource.url('list')}?{query}"
    return TodoList(title, made, more if count else "", count, empty)


def _document(day: str) -> Any:
    def row(resource: Any, one: Any) -> Row:
        value = formats.money_with_currency(getattr(one, "total_amount", None), getattr(one, "currency_id", ""))
        when = formats.date(getattr(one, day))
        return Row(resource.url("detail", one.pk), f"{one} · {one.party}", when, value)

    return row


def my_tasks(reader: Reader) -> TodoList | None:
    """What the caller has planned, the most urgent first."""

    def row(resource: Any, one: Any) -> Row:
        late = one.due_at < reader.caller.now
        badge = {"label": _("Late"), "color": "red"} if late else None
        return Row(resource.url("detail", one.pk), one.subject, formats.moment(one.due_at), badge=badge)

    query = "owner=me&is_open=1"
    return _list(reader, "tasks", _("My tasks"), query, "due_at", row, _("No open tasks. Well done."))


def ending_quotations(reader: Reader) -> TodoList | None:
    """Quotations whose validity ends within a week."""
    query = "status=sent&valid_until_to=today%2B7"
    empty = _("No quotation ends this week.")
    return _list(
        reader, "quotations", _("Quotations ending this week"), query, "valid_until", _document("valid_until"), empty
    )


def orders_to_deliver(reader: Reader) -> TodoList | None:
    """Confirmed orders with something left to deliver, the oldest first."""
    query = "status=confirmed&delivery_state=none,partial"
    empty = _("Everything ordered has been delivered.")
    return _list(
        reader, "sales-orders", _("Orders to deliver"), query, "document_date", _document("document_date"), empty
    )


def deliveries_to_ship(reader: Reader) -> TodoList | None:
    """Planned deliveries, the oldest first."""
    row = _document("document_date")
    empty = _("Nothing waits to be shipped.")
    return _list(reader, "deliveries", _("Deliveries to ship"), "status=draft", "document_date", row, empty)


def overdue_invoices(reader: Reader) -> TodoList | None:
    """Invoices past their due date, the oldest first."""
    today = reader.today

    def row(resource: Any, one: Any) -> Row:
        days = (today - one.next_due_date).days
        badge = {"label": _("%(days)s days") % {"days": days}, "color": "red"}
        value = formats.money_with_currency(one.open_amount, one.currency_id)
        return Row(resource.url("detail", one.pk), str(one.party), str(one), value, badge)

    query = "payment_state=overdue"
    empty = _("Nobody is late with a payment.")
    return _list(reader, "sales-invoices", _("Overdue invoices"), query, "due_date", row, empty)


def low_stock_items(reader: Reader) -> TodoList | None:
    """Items at or below their reorder point, the scarcest first."""
    if not reader.may_model(StockLevel):
        return None
    found = low_stock(company_id=reader.caller.company_id)
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
    more = f"{reverse('inventory:stock-on-hand')}?low=1" if found else ""
    return TodoList(_("Low stock"), rows, more, len(found), _("Every item is above its reorder point."))


def leads_to_work(reader: Reader) -> TodoList | None:
    """New leads that nobody has looked at, the best fit first."""

    def row(resource: Any, one: Any) -> Row:
        return Row(resource.url("detail", one.pk), str(one), formats.moment(one.created_at), f"{one.score}/100")

    empty = _("Every lead has somebody who works on it.")
    return _list(reader, "leads", _("New leads"), f"status={LeadStatus.NEW}", "-score", row, empty)


def supplier_drafts(reader: Reader) -> TodoList | None:
    """Supplier invoices to check and post, the oldest first."""
    row = _document("document_date")
    empty = _("No supplier invoice waits.")
    return _list(
        reader, "supplier-invoices", _("Supplier invoices to post"), "status=draft", "document_date", row, empty
    )


def expected_purchases(reader: Reader) -> TodoList | None:
    """Purchase orders with goods to come, the first expected first."""
    row = _document("document_date")
    query = "status=confirmed&receipt_state=none,partial"
    empty = _("Nothing is on its way from suppliers.")
    return _list(reader, "purchase-orders", _("On order from suppliers"), query, "expected_date", row, empty)


def tickets_to_answer(reader: Reader) -> TodoList | None:
    """Open tickets in which the customer waits, the longest wait first."""

    def row(resource: Any, one: Any) -> Row:
        when = formats.relative(one.unanswered_since, now=reader.caller.now)
        return Row(resource.url("detail", one.pk), one.subject, f"{one} · {one.party or ''}".rstrip(" ·"), when)

    query = f"status={','.join(OPEN_TICKETS)}&unanswered=1"
    empty = _("Nobody waits for an answer.")
    return _list(reader, "tickets", _("Waiting for an answer"), query, "unanswered_since", row, empty)


def running_campaigns(reader: Reader) -> TodoList | None:
    """Campaigns that run, the newest first."""

    def row(resource: Any, one: Any) -> Row:
        return Row(resource.url("detail", one.pk), one.name, formats.date(one.start_date))

    empty = _("No campaign runs. Start one under Marketing.")
    return _list(reader, "campaigns", _("Running campaigns"), "status=running", "-start_date", row, empty)
