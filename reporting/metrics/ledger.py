"""Metrics of the book, from the rollups that the ledger keeps exact. They open journal lines and never read them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from erp.ledger.enums import AccountKind
from reporting.metrics.definition import ZERO, Metric, Reading, Stand

if TYPE_CHECKING:
    from reporting.reading import Reader

BALANCE = _("Balance")


@dataclass(frozen=True, kw_only=True)
class LedgerMetric(Metric):
    """Turnover of a period or balance at the end of a day, of the accounts of some kinds.

    :ivar kinds: which accounts; income, costs and so on as the statements group them.
    :ivar in_credit: whether it counts positive in credit, as revenue and debts do.
    """

    slug: str = "journal-lines"
    date: str = "entry_date"
    footer: str | Promise = BALANCE
    kinds: tuple[AccountKind, ...]
    in_credit: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "filters", {"kind": ",".join(kind.value for kind in self.kinds)})

    def read(self, reader: "Reader") -> Reading:
        period, before = reader.period, reader.period.previous
        if self.stand == Stand.DAY:
            course = [reader.balance(self.kinds, min(step.date_to, reader.as_of)) for step in reader.steps_so_far]
            value, then = reader.balance(self.kinds, reader.as_of), reader.balance(self.kinds, before.date_to)
        else:
            course = [reader.turnover(self.kinds, step) for step in period.steps]
            value, then = reader.turnover(self.kinds, period), reader.turnover(self.kinds, before)
        return Reading(
            self._signed(value),
            None if period.is_all else self._signed(then),
            tuple(self._signed(figure) for figure in course),
        )

    def _signed(self, balance: Decimal) -> Decimal:
        """Positive on the metric's own side; nothing is never a negative nothing."""
        return ZERO - balance if self.in_credit else balance
