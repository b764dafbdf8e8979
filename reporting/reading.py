"""Reading the metrics of a page: each list once, the ledger once for all of its metrics."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db.models import Model

from core.access import policies
from core.access.enums import Role
from core.company.postgres.planning import planned_afresh
from core.ui.resource import Caller
from erp.ledger.enums import AccountKind
from erp.ledger.queries.chart import chart_rows
from erp.ledger.queries.turnovers import NOTHING, turnovers_before
from reporting.metrics.definition import ZERO, Metric, Reading, Stand, day_after
from reporting.periods import Period


@dataclass
class Reader:
    """What one person sees of one period on one day.

    :ivar today: balances of a period that is not over yet are those of today.
    :ivar verb: the policy verb whose scope limits the rows: "view", or "export" for what is taken away.
    """

    caller: Caller
    period: Period
    today: dt.date
    verb: str = "view"
    _known: dict[str, Reading] = field(default_factory=dict)

    @cached_property
    def roles(self) -> frozenset[Role]:
        return policies.roles_in(self.caller.user, self.caller.company_id)

    @property
    def as_of(self) -> dt.date:
        """The day at whose end balances stand: the last one of the period, or today."""
        return max(min(self.period.date_to, self.today), self.period.date_from)

    @cached_property
    def steps_so_far(self) -> list[Period]:
        """The steps of the period that have begun."""
        return [step for step in self.period.steps if step.date_from <= self.as_of]

    def may(self, metric: Metric) -> bool:
        return metric.is_for(self.roles, self.verb)

    def may_model(self, model: type[Model]) -> bool:
        return policies.may(self.caller.user, self.verb, model, self.caller.company_id)

    @planned_afresh()
    def read(self, metric: Metric) -> Reading:
        """The metric's figures, read once a page."""
        if metric.key not in self._known:
            self._known[metric.key] = metric.read(self)
        return self._known[metric.key]

    def url(self, metric: Metric, **more: str) -> str:
        """The rows behind the metric's figure."""
        period = Period(self.period.date_from, self.as_of) if metric.stand == Stand.DAY else self.period
        return metric.url(period, **more)

    # The ledger

    def turnover(self, kinds: Iterable[AccountKind], period: Period) -> Decimal:
        """Debit less credit of the accounts of these kinds, both days included."""
        return self._until(kinds, period.date_to) - self._until(kinds, period.date_from - dt.timedelta(days=1))

    def balance(self, kinds: Iterable[AccountKind], day: dt.date) -> Decimal:
        """Debit less credit from the beginning of the book to the end of the day."""
        return self._until(kinds, day)

    def _until(self, kinds: Iterable[AccountKind], day: dt.date) -> Decimal:
        cut = self._ledger[day_after(day)]
        return sum((cut.get(kind, ZERO) for kind in kinds), ZERO)

    @cached_property
    def _ledger(self) -> dict[dt.date, dict[AccountKind, Decimal]]:
        """Day → kind → balance before that day, for every day that a metric of this page may ask for."""
        company_id, before = self.caller.company_id, self.period.previous
        days = {before.date_from, self.period.date_from, day_after(self.period.date_to), day_after(self.as_of)}
        days |= {day_after(step.date_to) for step in self.period.steps}
        cuts = sorted(days)
        kinds = {account.pk: account.kind for account in chart_rows(company_id)}
        found: dict[dt.date, dict[AccountKind, Decimal]] = {}
        for day, cut in zip(cuts, turnovers_before(company_id, cuts), strict=True):
            sums = found[day] = dict.fromkeys(AccountKind, ZERO)
            for account, kind in kinds.items():
                sums[kind] += cut.get(account, NOTHING).balance
        return found
