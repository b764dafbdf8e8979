"""The orders of Northwind and their lines: confirmed, shipped and invoiced on the days the source gives."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.catalog.lines import LineData
from core.catalog.models import Item
from core.documents.references import RecordRef
from core.imports.dataset import ImportContext, Step, refuse
from core.imports.enums import Outcome
from core.imports.models import StagedRow
from core.parties.models import Party
from erp.orders.enums import OrderStatus
from erp.orders.models import SalesOrder, SalesOrderLine
from erp.orders.operations import PastOrder
from integration.imports.people import salesperson
from integration.imports.trading import undo_orders, write_orders
from integration.imports.values import ValueRefusedError, date_of, decimal_of, noon

OPENING = dt.date(1996, 7, 1)
ORDER = "orders.salesorder"


def day_of(text: str) -> dt.date | None:
    """A day as the source writes it; nothing for nothing."""
    return date_of(text, "mdy")


def details_of(context: ImportContext) -> dict[str, list[Mapping[str, str]]]:
    """Order → its rows of order_details, read once a run."""
    if "details" not in context.memory:
        found: dict[str, list[Mapping[str, str]]] = {}
        for row in context.run.rows.filter(table="order_details").order_by("number"):
            found.setdefault(row.data["OrderID"], []).append(row.data)
        context.memory["details"] = found
    details: dict[str, list[Mapping[str, str]]] = context.memory["details"]
    return details


class OrderStep(Step):
    """Orders, confirmed on the day they were placed; those never shipped once the goods of the others have left."""

    table = "orders"
    batch_size = 300

    def check(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        details = details_of(context)
        customers = {row.key for row in context.run.rows.filter(table="customers")}
        for row in rows:
            if row.data["CustomerID"] not in customers:
                refuse(row, _("There is no customer %s.") % row.data["CustomerID"])
            elif row.key not in details:
                refuse(row, _("The order has no lines."))
            else:
                self._check_values(row)

    @staticmethod
    def _check_values(row: StagedRow) -> None:
        try:
            if day_of(row.data["OrderDate"]) is None:
                refuse(row, _("The order has no date."))
            day_of(row.data["ShippedDate"])
            decimal_of(row.data["Freight"])
        except ValueRefusedError as reason:
            refuse(row, reason)

    def commit(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        past, shipped = {}, set()
        for row in rows:
            if row.outcome == Outcome.UPDATE:
                refuse(row, _("The order was imported before and differs now; change it in Onebook."))
                continue
            past[row.pk] = self._past(row, context)
            if row.data["ShippedDate"].strip():
                shipped.add(past[row.pk].external_id)
        written = write_orders(list(past.values()), shipped, context)
        for row in rows:
            if row.pk in past:
                row.record = RecordRef(ORDER, written[past[row.pk].external_id])

    def _past(self, row: StagedRow, context: ImportContext) -> PastOrder:
        data: Mapping[str, str] = row.data
        day = day_of(data["OrderDate"]) or OPENING
        items = context.records(Item, "products")
        return PastOrder(
            external_id=context.external_id(self.table, row.key),
            party_id=context.records(Party, "customers")[data["CustomerID"]].pk,
            day=day,
            at=noon(day),
            lines=[_line(detail, items) for detail in details_of(context)[row.key]],
            header={
                "freight_amount": decimal_of(data["Freight"]) or None,
                "reference": row.key,
                "requested_date": day_of(data["RequiredDate"]),
                "delivery_address": _address(data),
                "owner_id": self._people(context).get(data["EmployeeID"]),
            },
        )

    @staticmethod
    def _people(context: ImportContext) -> dict[str, int]:
        if "people" not in context.memory:
            rows = context.run.rows.filter(table="employees")
            context.memory["people"] = {
                row.key: salesperson(context.company, f"{row.data['FirstName']} {row.data['LastName']}").pk
                for row in rows
            }
        people: dict[str, int] = context.memory["people"]
        return people

    def undo(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        undo_orders(rows, context)

    def foresee(self, rows: QuerySet[StagedRow]) -> str:
        waiting = SalesOrder.objects.filter(pk__in=rows.values("record_id"), status=OrderStatus.CONFIRMED).count()
        return _(
            "%(waiting)s orders that never left are cancelled; %(shipped)s shipped ones stay, with their returns."
        ) % {
            "waiting": waiting,
            "shipped": rows.count() - waiting,
        }


def _line(detail: Mapping[str, str], items: Mapping[str, Item]) -> LineData:
    item = items[detail["ProductID"]]
    return LineData(
        item_id=item.pk,
        description=item.name,
        quantity=decimal_of(detail["Quantity"]),
        unit_price=decimal_of(detail["UnitPrice"]),
        discount_percent=decimal_of(detail["Discount"]) * 100,
    )


def _address(data: Mapping[str, str]) -> str:
    city = f"{data['ShipPostalCode']} {data['ShipCity']}".strip()
    parts = (data["ShipName"], data["ShipAddress"], city, data["ShipRegion"], data["ShipCountry"])
    return "\n".join(part for part in parts if part)


class LineStep(Step):
    """The rows of order_details are written with their order; here each finds the line it has become."""

    table = "order_details"
    batch_size = 3000

    def check(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        items = {row.key for row in context.run.rows.filter(table="products")}
        for row in rows:
            try:
                decimal_of(row.data["Quantity"]), decimal_of(row.data["UnitPrice"]), decimal_of(row.data["Discount"])
            except ValueRefusedError as reason:
                refuse(row, reason)
            if row.data["ProductID"] not in items:
                refuse(row, _("There is no item %s.") % row.data["ProductID"])

    def commit(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        orders, items = context.records(SalesOrder, "orders"), context.records(Item, "products")
        lines = SalesOrderLine.objects.filter(order__in=orders.values(), item__isnull=False)
        found = {(order_id, item_id): pk for order_id, item_id, pk in lines.values_list("order_id", "item_id", "pk")}
        for row in rows:
            order, item = orders.get(row.data["OrderID"]), items.get(row.data["ProductID"])
            key = found.get((order.pk, item.pk)) if order and item else None
            if key is not None:
                row.record = RecordRef("orders.salesorderline", key)

    def undo(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        """Lines go with their orders."""

    def foresee(self, rows: QuerySet[StagedRow]) -> str:
        return ""
