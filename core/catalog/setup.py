"""The first units of a new company."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.catalog.models import Unit
from core.documents.records import create_record

if TYPE_CHECKING:
    from core.access.models import User


def set_up_units(*, company_id: int, user: "User | None", now: dt.datetime) -> list[Unit]:
    """Give a company the usual units, pieces first: nothing can be bought or sold without one. A company that has any
    keeps its own."""
    known = list(Unit.objects.filter(company_id=company_id))
    if known:
        return known
    rows = (
        (_("Piece"), _("pc"), _("count"), Decimal(1), 0),
        (_("Hour"), "h", _("time"), Decimal(1), 2),
        (_("Day of 8 hours"), "d", _("time"), Decimal(8), 2),
        (_("Kilogram"), "kg", _("weight"), Decimal(1), 3),
        (_("Metre"), "m", _("length"), Decimal(1), 3),
        (_("Litre"), "l", _("volume"), Decimal(1), 3),
    )
    names = ("name", "symbol", "category", "factor", "decimals")
    return [
        create_record(Unit, company_id=company_id, user=user, now=now, values=dict(zip(names, row, strict=True)))
        for row in rows
    ]
