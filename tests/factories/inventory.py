"""A company that keeps stock, and goods in it."""

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

import factory

from core.catalog.models import Item
from core.company.models import Company
from core.documents.references import RecordRef
from erp.inventory.enums import AdjustmentKind, LocationKind, StockReason, ValueCause
from erp.inventory.models import (
    Location,
    StockAdjustment,
    StockCount,
    StockLevel,
    StockMove,
    StockTransfer,
    ValueEntry,
    Warehouse,
)
from erp.inventory.operations import create_stock_adjustment, create_stock_count, create_stock_transfer
from erp.inventory.posting import MoveInput, post_moves
from erp.inventory.setup import create_warehouse, location, set_up_inventory
from tests.factories.catalog import ItemFactory
from tests.factories.company import CompanyFactory
from tests.factories.ledger import company_with_ledger

NOW = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
_sources = count(1)


def company_with_stock(**values: Any) -> Company:
    """A company with ledger, virtual locations and a main warehouse."""
    company = company_with_ledger(**values)
    set_up_inventory(company_id=company.pk, user=None, now=NOW)
    return company


def place(company: Company, kind: LocationKind = LocationKind.INTERNAL) -> int:
    return location(company.pk, kind).pk


def some_document() -> RecordRef:
    return RecordRef("testing.document", next(_sources))


def move(
    item: Item,
    quantity: str | Decimal,
    source: LocationKind,
    target: LocationKind,
    *,
    on: str = "2026-03-01",
    document: RecordRef | None = None,
    consume_reservations: bool = False,
    **given: Any,
) -> StockMove:
    """One move between the default warehouse and a virtual location, posted."""
    step = MoveInput(item.pk, Decimal(quantity), place(item.company, source), place(item.company, target), **given)
    (posted,) = post_moves(
        company_id=item.company_id,
        move_date=dt.date.fromisoformat(on),
        moves=[step],
        source=document or some_document(),
        source_number="TEST",
        user=None,
        now=NOW,
        consume_reservations=consume_reservations,
    )
    return posted


def receive(item: Item, quantity: str | Decimal, unit_cost: str | Decimal, **given: Any) -> StockMove:
    return move(item, quantity, LocationKind.SUPPLIER, LocationKind.INTERNAL, unit_cost=Decimal(unit_cost), **given)


def issue(item: Item, quantity: str | Decimal, **given: Any) -> StockMove:
    return move(item, quantity, LocationKind.INTERNAL, LocationKind.CUSTOMER, **given)


def take_back(issued: StockMove, quantity: str | Decimal, **given: Any) -> StockMove:
    return move(issued.item, quantity, LocationKind.CUSTOMER, LocationKind.INTERNAL, returns_move_id=issued.pk, **given)


def stocked_item(company: Company, **values: Any) -> Item:
    return ItemFactory(company=company, **values)


class WarehouseFactory(factory.django.DjangoModelFactory):
    """A warehouse with its stock location, as the operation makes it."""

    class Meta:
        model = Warehouse

    company = factory.SubFactory(CompanyFactory)
    code = factory.Sequence(lambda n: f"WH-{n}")
    name = factory.Sequence(lambda n: f"Warehouse {n}")

    @classmethod
    def _create(cls, model_class: type[Warehouse], *args: Any, **values: Any) -> Warehouse:
        company = values.pop("company")
        return create_warehouse(company_id=company.pk, user=None, now=NOW, **values)


class LocationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Location

    company = factory.SubFactory(CompanyFactory)
    warehouse = factory.SubFactory(WarehouseFactory, company=factory.SelfAttribute("..company"))
    name = factory.Sequence(lambda n: f"Shelf {n}")


class OutsideFactory(LocationFactory):
    """A place of suppliers."""

    warehouse = None
    kind = LocationKind.SUPPLIER


class StockLevelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StockLevel

    company = factory.SubFactory(CompanyFactory)
    location = factory.SubFactory(LocationFactory, company=factory.SelfAttribute("..company"))
    item = factory.SubFactory(ItemFactory, company=factory.SelfAttribute("..company"))


class StockMoveFactory(factory.django.DjangoModelFactory):
    """A bare fact, without level, value and entry; `move` above posts a real one."""

    class Meta:
        model = StockMove

    company = factory.SubFactory(CompanyFactory)
    item = factory.SubFactory(ItemFactory, company=factory.SelfAttribute("..company"))
    from_location = factory.SubFactory(OutsideFactory, company=factory.SelfAttribute("..company"))
    to_location = factory.SubFactory(LocationFactory, company=factory.SelfAttribute("..company"))
    quantity = Decimal(3)
    move_date = dt.date(2026, 3, 1)
    source_label = "inventory.stockadjustment"
    source_id = factory.Sequence(lambda n: 1_000_000 + n)
    source_number = factory.Sequence(lambda n: f"ADJ-{n}")
    purpose = "stock"
    position = 1
    posted_at = NOW


class ValueEntryFactory(factory.django.DjangoModelFactory):
    """A bare fact, without move and layer."""

    class Meta:
        model = ValueEntry

    company = factory.SubFactory(CompanyFactory)
    item = factory.SubFactory(ItemFactory, company=factory.SelfAttribute("..company"))
    cause = ValueCause.RECEIPT
    entry_date = dt.date(2026, 3, 1)
    quantity = Decimal(3)
    value = Decimal(24)
    quantity_after = Decimal(3)
    value_after = Decimal(24)
    source_label = "inventory.stockadjustment"
    source_id = factory.Sequence(lambda n: 2_000_000 + n)
    source_number = factory.Sequence(lambda n: f"ADJ-V-{n}")


class StockAdjustmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StockAdjustment

    company = factory.SubFactory(CompanyFactory)
    kind = AdjustmentKind.GAIN_LOSS
    reason = StockReason.FOUND
    document_date = dt.date(2026, 3, 1)

    @classmethod
    def _create(cls, model_class: type[StockAdjustment], *args: Any, **values: Any) -> StockAdjustment:
        company = values.pop("company")
        values["location_id"] = values.get("location_id") or LocationFactory(company=company).pk
        values["lines"] = values.get("lines") or [{"item_id": ItemFactory(company=company).pk, "quantity": Decimal(5)}]
        return create_stock_adjustment(company_id=company.pk, user=None, now=NOW, **values)


class StockCountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StockCount

    company = factory.SubFactory(CompanyFactory)
    document_date = dt.date(2026, 3, 1)

    @classmethod
    def _create(cls, model_class: type[StockCount], *args: Any, **values: Any) -> StockCount:
        company = values.pop("company")
        values["location_id"] = values.get("location_id") or LocationFactory(company=company).pk
        counted = {"item_id": ItemFactory(company=company).pk, "counted_quantity": Decimal(5)}
        values["lines"] = values.get("lines") or [counted]
        return create_stock_count(company_id=company.pk, user=None, now=NOW, **values)


class StockTransferFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StockTransfer

    company = factory.SubFactory(CompanyFactory)
    document_date = dt.date(2026, 3, 1)

    @classmethod
    def _create(cls, model_class: type[StockTransfer], *args: Any, **values: Any) -> StockTransfer:
        company = values.pop("company")
        values["from_location_id"] = values.get("from_location_id") or LocationFactory(company=company).pk
        values["to_location_id"] = values.get("to_location_id") or LocationFactory(company=company).pk
        values["lines"] = values.get("lines") or [{"item_id": ItemFactory(company=company).pk, "quantity": Decimal(5)}]
        return create_stock_transfer(company_id=company.pk, user=None, now=NOW, **values)
