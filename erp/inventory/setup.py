"""What a company needs before it can keep stock: the virtual locations and its first warehouse."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.documents.records import create_record, lock_record, update_record
from core.errors import InvalidInputError
from erp.inventory.enums import LocationKind
from erp.inventory.models import Location, Warehouse

if TYPE_CHECKING:
    from core.access.models import User

VIRTUAL_KINDS = tuple(kind for kind in LocationKind if kind != LocationKind.INTERNAL)


def set_up_inventory(*, company_id: int, user: "User | None", now: dt.datetime) -> Warehouse:
    """Make the virtual locations and a main warehouse. Doing it again changes nothing."""
    with transaction.atomic():
        known = set(Location.objects.filter(company_id=company_id, warehouse=None).values_list("kind", flat=True))
        Location.objects.bulk_create(
            Location(company_id=company_id, name=str(kind.label), kind=kind, is_pickable=False, created_by=user)
            for kind in VIRTUAL_KINDS
            if kind not in known
        )
        main = Warehouse.objects.filter(company_id=company_id, is_default=True).first()
        return main or create_warehouse(
            company_id=company_id, code="MAIN", name=str(_("Main warehouse")), is_default=True, user=user, now=now
        )


def create_warehouse(
    *,
    company_id: int,
    code: str,
    name: str,
    is_default: bool = False,
    active: bool = True,
    external_id: str = "",
    user: "User | None",
    now: dt.datetime,
) -> Warehouse:
    """A warehouse with its stock location. The first one, and one that says so, becomes the default.

    :raises InvalidInputError: when the code is taken.
    """
    with transaction.atomic():
        others = Warehouse.objects.select_for_update().filter(company_id=company_id, is_default=True)
        is_default = is_default or not others.exists()
        if is_default:
            others.update(is_default=False)
        values = {"code": code, "name": name, "is_default": is_default, "active": active, "external_id": external_id}
        warehouse = create_record(Warehouse, company_id=company_id, user=user, now=now, values=values)
        warehouse.stock_location = Location.objects.create(
            company_id=company_id, name=str(_("Stock")), warehouse=warehouse, created_by=user
        )
        warehouse.save(update_fields=["stock_location"])
    return warehouse


def update_warehouse(
    *,
    warehouse_id: int,
    code: str,
    name: str,
    user: "User | None",
    now: dt.datetime,
    is_default: bool = False,
    active: bool = True,
    expected_version: int | None = None,
) -> Warehouse:
    """Change a warehouse. One that becomes the default takes that from the other; the default itself stays it until
    another one does.

    :raises ConflictError: somebody else changed it. :raises InvalidInputError: when the code is taken.
    """
    with transaction.atomic():
        warehouse = lock_record(Warehouse, warehouse_id, expected_version=expected_version)
        if is_default and not warehouse.is_default:
            Warehouse.objects.filter(company_id=warehouse.company_id, is_default=True).update(is_default=False)
        values = {"code": code, "name": name, "is_default": is_default or warehouse.is_default, "active": active}
        return update_record(Warehouse, warehouse_id, user=user, now=now, values=values)


def stock_location_id(warehouse: Warehouse) -> int:
    """Where the warehouse keeps its goods.

    :raises InvalidInputError: for a warehouse that was not made by `create_warehouse`.
    """
    if warehouse.stock_location_id is None:
        raise InvalidInputError(_("This warehouse has no stock location."), code="no_location", field="warehouse")
    return warehouse.stock_location_id


def default_warehouse(company_id: int) -> Warehouse:
    """The warehouse from which goods go when nobody says otherwise.

    :raises InvalidInputError: when the company keeps no stock yet.
    """
    found = Warehouse.objects.filter(company_id=company_id, is_default=True).select_related("stock_location").first()
    if found is None:
        raise InvalidInputError(
            _("This company has no warehouse yet."), code="no_warehouse", hint=_("Create one under Stock, Warehouses.")
        )
    return found


def location(company_id: int, kind: LocationKind) -> Location:
    """The company's virtual location of a kind; for `internal`, the stock location of the default warehouse.

    :raises InvalidInputError: when stock was not set up for the company.
    """
    if kind == LocationKind.INTERNAL:
        place = default_warehouse(company_id).stock_location
    else:
        place = Location.objects.filter(company_id=company_id, kind=kind, warehouse=None).order_by("id").first()
    if place is None:
        raise InvalidInputError(_("Stock is not set up for this company."), code="no_location")
    return place
