"""One definition a number: what it is called, which rows it is made of, how they add up.

A metric names a Resource and the filters of its list, and opening a figure shows that list, whose rows (or the sums in
its footer) add up to it. How the figure is computed is the metric's own business: over the very list (`ListMetric`), or
from the ledger's rollups (`LedgerMetric`), which never read the lines."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.http import QueryDict
from django.utils.functional import Promise

from core.access import policies
from core.access.enums import Role, Scope
from core.ui import registry
from core.ui.nav import may_as
from core.ui.resource import Resource
from reporting.periods import Period

if TYPE_CHECKING:
    from reporting.reading import Reader

ZERO = Decimal(0)


class Unit(models.TextChoices):
    """What a figure counts."""

    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"


class Stand(models.TextChoices):
    """To which time a figure belongs: what happened in the period, what stood at the end of a day, what there is
    now."""

    PERIOD = "period"
    DAY = "day"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure read.

    :ivar before: the figure of the period before; None where there is none to compare with.
    :ivar course: the figure of each step of the period; empty for what only stands now.
    """

    value: Decimal
    before: Decimal | None = None
    course: tuple[Decimal, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Metric(ABC):
    """A figure over the rows of a Resource's list.

    :ivar hint: one sentence that says what is counted; shown on the tile of a company that has no rows yet, too.
    :ivar filters: parameters of the list that every row of the figure meets.
    :ivar date: the list's date filter without `_from` and `_to`; empty for a figure that stands as it is now.
    :ivar footer: the label in the list's footer whose amount is the figure; empty where the rows are counted.
    :ivar more_is_better: None when neither direction is good by itself.
    """

    key: str
    label: str | Promise
    hint: str | Promise
    slug: str
    unit: Unit = Unit.MONEY
    stand: Stand = Stand.PERIOD
    filters: Mapping[str, str] | None = None
    date: str = ""
    footer: str | Promise = ""
    more_is_better: bool | None = True

    @property
    def resource(self) -> Resource:
        return registry.get(self.slug)

    def parameters(self, period: Period, **more: str) -> QueryDict:
        """The list's parameters for these days."""
        query = QueryDict(mutable=True)
        query.update({**(self.filters or {}), **more})
        if self.stand == Stand.PERIOD:
            query[f"{self.date}_from"] = period.date_from.isoformat()
        if self.stand != Stand.NOW:
            query[f"{self.date}_to"] = period.date_to.isoformat()
        return query

    def url(self, period: Period, **more: str) -> str:
        """The list that shows the rows. Its parameters name no view, so a default view adds no filter."""
        return f"{self.resource.url('list')}?{self.parameters(period, **more).urlencode()}"

    @abstractmethod
    def read(self, reader: "Reader") -> Reading:
        """The figure, the one before it, and its course."""

    def is_for(self, roles: frozenset[Role], verb: str = "view") -> bool:
        """Whether these roles may see rows of it at all."""
        found = registry.find(self.slug)
        return found is not None and may_as(roles, verb, found.model)

    def reach(self, reader: "Reader") -> Scope:
        """Whose rows the reader's figure is made of."""
        caller = reader.caller
        return policies.reach(caller.user, reader.verb, self.resource.model, caller.company_id)


def day_after(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)
