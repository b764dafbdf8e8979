"""Import of deals, open ones and those that ended in the past: a deal that was won enters as won, without an order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.catalog.lines import LineData, filled, items_of, read_lines
from core.catalog.models import Item
from core.company.models import Company
from core.errors import InvalidInputError
from core.imports.registry import register
from core.ui.imports.kind import ImportField, ResourceImport
from core.ui.resource import Caller, Resource
from core.whole_numbers import id_in
from crm.pipeline.enums import DealStatus
from crm.pipeline.forms import DealForm
from crm.pipeline.imports import DealInput, import_deals
from crm.pipeline.models import CloseReason, Deal, Stage
from crm.pipeline.placing import stage_of
from crm.pipeline.resources import DealResource

if TYPE_CHECKING:
    from core.access.models import User


def places(caller: Caller) -> Mapping[str, str]:
    """Where a deal can stand: a stage by name, won, or lost."""
    stages = Stage.objects.filter(company_id=caller.company_id, pipeline__active=True)
    names = stages.order_by("pipeline__position", "position").values_list("name", "pk")
    closed = {str(status.label): status.value for status in (DealStatus.WON, DealStatus.LOST)}
    return {name: f"stage-{pk}" for name, pk in reversed(list(names))} | closed


class DealImportForm(DealForm):
    """A deal with where it stands and when that was."""

    place = forms.CharField(label=_("stage, won or lost"), required=False)
    opened_on = forms.DateField(label=_("opened"), required=False)
    closed_on = forms.DateField(label=_("closed"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        for name in ("stage", "next_step"):
            del self.fields[name]


def import_deal(
    *,
    company_id: int,
    user: User | None,
    now: dt.datetime,
    title: str = "",
    place: str = "",
    opened_on: dt.date | None = None,
    closed_on: dt.date | None = None,
    lines: Any = (),
    amount: Decimal | None = None,
    party_id: int | None = None,
    owner_id: int | None = None,
    external_id: str = "",
    **values: Any,
) -> Deal:
    """Write one deal as it stands or as it ended. One line without a price is worth the deal's amount; a deal without a
    title is called by its first line.

    :raises InvalidInputError: closed without a day, closed before it was opened, or neither title nor line.
    """
    status = DealStatus(place) if place in (DealStatus.WON, DealStatus.LOST) else DealStatus.OPEN
    stage = stage_of(company_id, None, id_in(place.removeprefix("stage-")) if place.startswith("stage-") else None)
    given = read_lines(lines)
    items = items_of(company_id, given)
    alone = len(given) == 1 and given[0].unit_price is None
    rows = [_completed(line, items.get(line.item_id or 0), amount if alone else None) for line in given]
    opened, closed = _moment(opened_on, now), _moment(closed_on, now) if status != DealStatus.OPEN else None
    if status != DealStatus.OPEN and (closed_on is None or (opened_on is not None and closed_on < opened_on)):
        raise InvalidInputError(
            _t("A closed deal needs the day on which it ended, not before the one on which it began."),
            field="closed_on",
        )
    deal = DealInput(
        external_id=external_id,
        title=title or _named_by(rows, external_id),
        stage_id=stage.pk,
        status=status,
        amount=amount or Decimal(0),
        opened_at=min(opened, closed) if closed else opened,
        closed_at=closed,
        close_reason_id=_reason(company_id, status) if closed else None,
        party_id=party_id,
        owner_id=owner_id,
        lines=rows,
        **values,
    )
    (key,) = import_deals(company_id=company_id, user=user, now=now, deals=[deal]).values()
    return Deal.objects.get(pk=key)


def _moment(day: dt.date | None, now: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC) if day is not None else now


def _completed(line: LineData, item: Item | None, amount: Decimal | None) -> LineData:
    """What the line leaves open, from its item; alone it is worth the deal's amount."""
    quantity = line.quantity or Decimal(1)
    price = None if amount is None else amount / quantity
    if item is None:
        return filled(line, unit_price=price)
    return filled(
        line, description=item.name, unit_id=item.unit_id, unit_price=item.list_price if price is None else price
    )


def _named_by(rows: list[LineData], external_id: str) -> str:
    first = rows[0].description if rows else ""
    name = " · ".join(part for part in (first, external_id) if part)
    if not name:
        raise InvalidInputError(_t("The deal has no title."), field="title")
    return name


def _reason(company_id: int, status: str) -> int:
    """Why it was closed is not in the file; it is said so."""
    reason, _new = CloseReason.objects.get_or_create(
        company=Company.objects.get(pk=company_id), kind=status, name="Not recorded"
    )
    return reason.pk


class ImportedDeals(DealResource):
    """Deals as the import writes them; not a screen of its own."""

    form, create = DealImportForm, import_deal


class DealImport(ResourceImport):
    """Deals with an item each, or several lines with the same id."""

    slug = "deals"
    external_sample, external_aliases = "D-3001", ("id", "opportunity id", "deal id")
    fields = (
        ImportField("title", "40 lamps for the new office", ("deal", "deal name", "opportunity", "name")),
        ImportField("party", "Blue Lantern Ltd", ("account", "customer", "company"), label=_("customer")),
        ImportField("place", "Won", ("deal stage", "stage", "status"), values=places),
        ImportField("amount", "996.00", ("close value", "value", "deal value")),
        ImportField("currency", "EUR"),
        ImportField("opened_on", "2026-03-02", ("engage date", "created", "open date")),
        ImportField("closed_on", "2026-04-15", ("close date", "closed date")),
        ImportField("expected_close_date", "", ("expected close",)),
        ImportField("owner", "", ("sales agent", "salesperson")),
        ImportField("source", "Fair"),
        ImportField("notes", ""),
        ImportField("item", "LAMP-BLUE", ("product", "sku"), line=True),
        ImportField("description", "", ("line description",), line=True),
        ImportField("quantity", "", ("qty",), line=True),
        ImportField("unit_price", "", ("price",), line=True),
    )

    @property
    def resource(self) -> Resource:
        return IMPORTED_DEALS


IMPORTED_DEALS = ImportedDeals()
register(DealImport())
