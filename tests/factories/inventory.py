"""A company that keeps stock, and goods in it."""

import datetime as dt
from decimal import Decimal
from itertools import count

import factory

from core.catalog.models import Item
from core.company.models import Company
from core.documents.references import RecordRef
from erp.inventory.enums import LocationKind
from erp.inventory.models import Location, StockLevel, StockMove, Warehouse
from erp.inventory.posting import MoveInput, post_moves
from erp.inventory.setup import create_warehouse, location, set_up_inventory
from tests.factories.catalog import ItemFactory
from tests.factories.company import CompanyFactory
from tests.factories.ledger import company_with_ledger

NOW = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
_sources = count(1)


def company_with_stock(**values: object) -> Company:
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
    **given: object,
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


def receive(item: Item, quantity: str | Decimal, unit_cost: str | Decimal, **given: object) -> StockMove:
    return move(item, quantity, LocationKind.SUPPLIER, LocationKind.INTERNAL, unit_cost=Decimal(unit_cost), **given)


def issue(item: Item, quantity: str | Decimal, **given: object) -> StockMove:
    return move(item, quantity, LocationKind.INTERNAL, LocationKind.CUSTOMER, **given)


def take_back(issued: StockMove, quantity: str | Decimal, **given: object) -> StockMove:
    return move(issued.item, quantity, LocationKind.CUSTOMER, LocationKind.INTERNAL, returns_move_id=issued.pk, **given)


def stocked_item(company: Company, **values: object) -> Item:
    return ItemFactory(company=company, **values)


class WarehouseFactory(factory.django.DjangoModelFactory):
    """A warehouse with its stock location, as the operation makes it."""

    class Meta:
        model = Warehouse

    company = factory.SubFactory(CompanyFactory)
    code = factory.Sequence(lambda n: f"W{n}")
    name = factory.Sequence(lambda n: f"Warehouse {n}")

    @classmethod
    def _create(cls, model_class: type[Warehouse], *args: object, **values: object) -> Warehouse:
        company = values.pop("company")
        return create_warehouse(company_id=company.pk, user=None, now=NOW, **values)


class LocationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Location

    company = factory.SelfAttribute("warehouse.company")
    warehouse = factory.SubFactory(WarehouseFactory)
    name = factory.Sequence(lambda n: f"Shelf {n}")


class StockLevelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StockLevel

    company = factory.SelfAttribute("location.company")
    location = factory.SubFactory(LocationFactory)
    item = factory.SubFactory(ItemFactory, company=factory.SelfAttribute("..company"))
