"""Reading an order and what hangs on it for change. The order's row lock guards its lines, deliveries and returns, so
every operation on any of them takes it first."""

from collections.abc import Collection, Iterable
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from core.errors import ConflictError
from erp.orders.enums import DeliveryStatus
from erp.orders.models import DeliveryLine, SalesOrder, SalesOrderLine


def _for_change() -> QuerySet[SalesOrder]:
    return SalesOrder.objects.select_for_update(of=("self",))


def lock_order(sales_order_id: int, *related: str) -> SalesOrder:
    """The order, locked, with the related rows that the caller will read."""
    # Without a name, select_related would follow every key.
    rows = _for_change().select_related(*related) if related else _for_change()
    return rows.get(pk=sales_order_id)


def lock_orders(sales_order_ids: Collection[int]) -> list[SalesOrder]:
    """These orders, locked in the order of their keys."""
    rows = _for_change().select_related("company__currency", "warehouse", "party")
    return list(rows.filter(pk__in=sales_order_ids).order_by("pk"))


def require_version(order: SalesOrder, expected_version: int | None) -> None:
    """:raises ConflictError: when `expected_version` is given and is not the stored one."""
    if expected_version is not None and order.version != expected_version:
        raise ConflictError(current_version=order.version)


def lock_order_of_delivery(delivery_id: int) -> SalesOrder:
    """The order of a delivery, locked before the delivery itself is read."""
    return _for_change().get(deliveries=delivery_id)


def lock_orders_of_lines(order_line_ids: Collection[int]) -> list[SalesOrder]:
    """The orders of these lines, locked in the order of their keys.

    Two statements: a plan for a subquery that was made while the tables were small reads both whole, one a row of the
    other.
    """
    owners = SalesOrderLine.objects.filter(pk__in=order_line_ids).values_list("order_id", flat=True)
    return list(_for_change().filter(pk__in=sorted(set(owners))).order_by("pk"))


def order_lines(orders: Iterable[SalesOrder], *related: str) -> list[SalesOrderLine]:
    """All lines of locked orders, in their order.

    Sorted here: the ORM compares every column it selects with those it orders by, which costs more than the rows do.
    """
    rows = SalesOrderLine.objects.filter(order__in=[order.pk for order in orders])
    return sorted(rows.select_related("item", *related).order_by(), key=attrgetter("order_id", "position", "id"))


def shipped_lines(order_line_ids: Collection[int]) -> dict[int, list[DeliveryLine]]:
    """Order line → its shipped delivery lines, oldest first."""
    rows = DeliveryLine.objects.filter(order_line__in=order_line_ids, delivery__status=DeliveryStatus.SHIPPED)
    found: dict[int, list[DeliveryLine]] = {key: [] for key in order_line_ids}
    for row in rows.select_related("delivery").order_by("delivery__document_date", "delivery_id", "id"):
        found[row.order_line_id].append(row)
    return found


def save_rows(rows: Collection[Any], *names: str) -> None:
    """Write the named columns of rows that are under their order's lock, in one statement."""
    if not rows:
        return
    meta = type(next(iter(rows)))._meta
    fields = [meta.pk, *(meta.get_field(name) for name in names)]
    columns = [connection.ops.quote_name(field.column) for field in fields]
    types = [field.rel_db_type(connection) for field in fields]
    sets = ", ".join(f"{column} = d.{column}" for column in columns[1:])
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    statement = (
        f"UPDATE {connection.ops.quote_name(meta.db_table)} t SET {sets}"  # noqa: S608 - names of our own columns
        f" FROM unnest({arrays}) AS d ({', '.join(columns)}) WHERE t.{columns[0]} = d.{columns[0]}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [[getattr(row, field.attname) for row in rows] for field in fields])
