"""By what rows are added up: the column that tells them apart, a group's name, and the filter that finds its rows."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.db.models.functions import TruncMonth, TruncYear
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.ui import registry
from erp.ledger.reports.table import Cell, QuantityCell
from reporting.periods import Grain, Period, step_end

Params = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class By:
    """One way to group.

    :ivar expression: what rows of a group have in common, as the ORM reads it.
    :ivar name: the path of its name; empty for a time.
    :ivar param: the list's filter that finds the rows of a group; of a time, the filter of days without `_from`.
    :ivar grain: of a time, how long a group is.
    """

    key: str
    label: str | Promise
    expression: Any
    name: str = ""
    param: str = ""
    grain: Grain | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The columns to group by."""
        return {"group": self.expression, "group_name": F(self.name)} if self.name else {"group": self.expression}

    def title(self, row: Mapping[str, Any]) -> str:
        """How a group is called."""
        group = row["group"]
        if self.grain is not None and group is not None:
            return date_format(group, "F Y") if self.grain == Grain.MONTH else str(group.year)
        return str(row.get("group_name") or "") or _("None")

    def params(self, row: Mapping[str, Any], period: Period) -> dict[str, str]:
        """The list's filters of a group's rows, within the period."""
        group = row["group"]
        if self.grain is not None:
            first = group.date() if isinstance(group, dt.datetime) else group
            start, end = max(first, period.date_from), min(step_end(first, self.grain), period.date_to)
            return days(self.param, Period(start, end))
        return {self.param: "none" if group is None else str(group)}


def days(param: str, period: Period) -> dict[str, str]:
    """The filter of the days of a period."""
    return {f"{param}_from": period.date_from.isoformat(), f"{param}_to": period.date_to.isoformat()}


def by_month(column: str, label: str | Promise, param: str) -> By:
    return By("month", label, TruncMonth(column), param=param, grain=Grain.MONTH)


def by_year(column: str, label: str | Promise, param: str) -> By:
    return By("year", label, TruncYear(column), param=param, grain=Grain.YEAR)


def list_url(slug: str, *params: Params) -> str:
    """A list under these filters; later ones win."""
    merged = {name: value for given in params for name, value in given.items() if value}
    return f"{registry.get(slug).url('list')}?{urlencode(merged) or 'view=all'}"


def find(ways: Sequence[By], asked: str) -> By:
    """The way of this key; the first one for what is none."""
    return next((by for by in ways if by.key == asked), ways[0])


Figure = Callable[[Mapping[str, Any], Params], Cell]
"""A cell from what was added up over a group's rows and the filters of the group."""


def count(value: int | None, url: str) -> QuantityCell:
    return QuantityCell(Decimal(value or 0), url)


def amount(value: Decimal | None, url: str) -> Cell:
    return Cell(Decimal(value or 0), url)
