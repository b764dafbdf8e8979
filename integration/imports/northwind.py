"""Northwind, a trading company of 1996 to 1998, as a living company: its orders are confirmed, shipped and invoiced
with freight on the day they were, all posted.

What the source does not say is stated as a parameter or left out: unit cost is a share of the list price; the
opening stock is what is in stock at the end plus what was shipped; there is no tax, and no payment is invented.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.catalog.models import Item, ItemCategory, Unit
from core.imports.dataset import Dataset, Figure, ImportContext, Option, Step, Table
from core.imports.models import StagedRow
from core.parties.enums import ContactKind, PartyKind
from core.parties.models import Party
from erp.inventory.models import StockAdjustment
from erp.inventory.operations import post_opening_stock
from integration.imports.masters import MasterStep, PartyStep, Values, phones
from integration.imports.northwind_orders import OPENING, LineStep, OrderStep, day_of
from integration.imports.northwind_proof import northwind_figures
from integration.imports.trading import ShipmentStep
from integration.imports.values import country_of, decimal_of, noon

CENT = Decimal("0.0001")
TRUE = "1"


def _company_values(row: StagedRow, context: ImportContext) -> Values | None:
    """Customers and suppliers have the same columns."""
    data: Mapping[str, str] = row.data
    country = country_of(context, data["Country"])
    if country is None:
        return None
    address = {
        "street": data["Address"],
        "postal_code": data["PostalCode"],
        "city": data["City"],
        "region": data["Region"],
        "country": country,
    }
    return {
        "name": data["CompanyName"],
        "kind": PartyKind.ORGANISATION,
        "country": country,
        "addresses": [address],
        "contact_points": phones((ContactKind.PHONE, data["Phone"]), (ContactKind.FAX, data["Fax"])),
        "notes": _("Contact: %(name)s, %(title)s") % {"name": data["ContactName"], "title": data["ContactTitle"]},
    }


def _customer(row: StagedRow, context: ImportContext) -> Values | None:
    values = _company_values(row, context)
    return values and values | {"is_customer": True, "code": row.key}


def _supplier(row: StagedRow, context: ImportContext) -> Values | None:
    values = _company_values(row, context)
    return values and values | {"is_supplier": True}


def _shipper(row: StagedRow, context: ImportContext) -> Values:
    points = phones((ContactKind.PHONE, row.data["Phone"]))
    return {"name": row.data["CompanyName"], "is_supplier": True, "contact_points": points}


def _employee(row: StagedRow, context: ImportContext) -> Values:
    name = f"{row.data['FirstName']} {row.data['LastName']}"
    return {"name": name, "kind": PartyKind.PERSON, "is_employee": True, "job_title": row.data["Title"]}


class CategoryStep(MasterStep):
    table = "categories"

    def read(self, row: StagedRow, context: ImportContext) -> Values:
        return {"name": row.data["CategoryName"]}

    def write(self, row: StagedRow, values: Values, context: ImportContext) -> ItemCategory:
        return ItemCategory.objects.update_or_create(
            company=context.company, external_id=context.external_id(self.table, row.key), defaults=values
        )[0]


class ItemStep(MasterStep):
    """Items, and after the last of them the opening stock of all."""

    table = "products"

    def read(self, row: StagedRow, context: ImportContext) -> Values:
        data = row.data
        price = decimal_of(data["UnitPrice"])
        return {
            "sku": f"NW-{int(row.key):03d}",
            "name": data["ProductName"],
            "description": data["QuantityPerUnit"],
            "list_price": price,
            "cost": (price * decimal_of(str(context.run.options["cost_share"]))).quantize(CENT),
            "reorder_point": decimal_of(data["ReorderLevel"]),
            "is_purchased": data["Discontinued"] != TRUE,
        }

    def write(self, row: StagedRow, values: Values, context: ImportContext) -> Item:
        unit, _new = Unit.objects.get_or_create(
            company=context.company, name="Unit", defaults={"symbol": "unit", "category": "count"}
        )
        categories = context.records(ItemCategory, "categories")
        suppliers = context.records(Party, "suppliers")
        values |= {
            "unit": unit,
            "category": categories.get(row.data["CategoryID"]),
            "preferred_supplier": suppliers.get(row.data["SupplierID"]),
        }
        return Item.objects.update_or_create(
            company=context.company, external_id=context.external_id(self.table, row.key), defaults=values
        )[0]

    def finish(self, context: ImportContext) -> None:
        external_id = context.external_id("stock", "opening")
        if StockAdjustment.objects.filter(company=context.company, external_id=external_id).exists():
            return
        quantities = opening_quantities(context)
        items = context.records(Item, "products")
        lines = [
            {"item_id": items[key].pk, "quantity": quantity, "unit_cost": items[key].cost}
            for key, quantity in quantities.items()
            if quantity > 0 and key in items
        ]
        if lines:
            post_opening_stock(
                company_id=context.company.pk, document_date=OPENING, lines=lines, user=context.user,
                now=noon(OPENING), external_id=external_id,
            )  # fmt: skip


def opening_quantities(context: ImportContext) -> dict[str, Decimal]:
    """Item → stock on the opening day: what the file says is there at the end, plus what was shipped."""
    shipped = {row.key for row in context.run.rows.filter(table="orders") if row.data["ShippedDate"].strip()}
    rows = context.run.rows.filter(table="products")
    quantities = {row.key: decimal_of(row.data["UnitsInStock"]) for row in rows}
    for row in context.run.rows.filter(table="order_details"):
        if row.data["OrderID"] in shipped:
            quantities[row.data["ProductID"]] += decimal_of(row.data["Quantity"])
    return quantities


class Northwind(Dataset):
    """The data set; see the module."""

    code = "northwind"
    label = gettext_lazy("Northwind Traders")
    first_year, country, currency_code, template = 1996, "US", "USD", "us"
    tables = (
        Table("categories", "categories.csv", ("CategoryID",), ("CategoryName",)),
        Table("suppliers", "suppliers.csv", ("SupplierID",), ("CompanyName", "Country")),
        Table("customers", "customers.csv", ("CustomerID",), ("CompanyName", "Country")),
        Table("employees", "employees.csv", ("EmployeeID",), ("FirstName", "LastName", "Title")),
        Table("shippers", "shippers.csv", ("ShipperID",), ("CompanyName",)),
        Table("products", "products.csv", ("ProductID",), ("ProductName", "UnitPrice", "UnitsInStock")),
        Table(
            "orders", "orders.csv", ("OrderID",), ("CustomerID", "OrderDate", "ShippedDate", "Freight"),
            sort=lambda row: (not row["ShippedDate"].strip(), day_of(row["OrderDate"]) or OPENING, row["OrderID"]),
        ),
        Table("order_details", "order_details.csv", ("OrderID", "ProductID"), ("UnitPrice", "Quantity", "Discount")),
        Table(
            "shipments", "orders.csv", ("OrderID",), ("ShippedDate", "ShipVia"),
            sort=lambda row: (day_of(row["ShippedDate"]) or dt.date.max, row["OrderID"]),
        ),
    )  # fmt: skip
    options = (
        Option(
            "cost_share",
            gettext_lazy("Unit cost as a share of the list price"),
            "0.60",
            gettext_lazy("The source has no costs. 0.60 values an item of 10.00 at 6.00."),
        ),
    )

    def steps(self) -> Sequence[Step]:
        return (
            CategoryStep(),
            PartyStep("suppliers", _supplier),
            PartyStep("customers", _customer),
            PartyStep("employees", _employee),
            PartyStep("shippers", _shipper),
            ItemStep(),
            OrderStep(),
            LineStep(),
            ShipmentStep("shipments", "orders", _shipped_on, _carrier),
        )

    def notes(self, context: ImportContext) -> Sequence[str]:
        share = context.run.options["cost_share"]
        return [
            _("Unit cost is %(share)s of the list price, as stated for this import; the files have no costs.")
            % {"share": share},
            _("The opening stock of 1 July 1996 is what is in stock at the end plus what was shipped."),
            _("No payment was invented."),
        ]

    def proof(self, context: ImportContext) -> Sequence[Figure]:
        return list(northwind_figures(context))


def _shipped_on(row: StagedRow) -> dt.date | None:
    return day_of(row.data["ShippedDate"])


def _carrier(row: StagedRow, context: ImportContext) -> str:
    shipper = context.records(Party, "shippers").get(row.data["ShipVia"])
    return shipper.name if shipper else ""
