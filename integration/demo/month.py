"""A part of a month of the demo company's life, and everything its acts need to know.

A month is lived in four parts. Each is one transaction: short enough that people can work meanwhile, and the unit in
which an interrupted load goes on.
"""

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company
from integration.demo.masters import Masters, Size

PARTS = (1, 9, 16, 23)
# Share of a usual month, January to December: quiet in summer, busy before the holidays.
SEASON = (78, 82, 97, 104, 102, 96, 75, 69, 108, 118, 134, 146)


@dataclass(frozen=True, slots=True)
class Month:
    """:ivar first: the month's first day. :ivar part: which part of it, from 0. :ivar number: the month's own, from 0,
    of `months`. :ivar today: nothing happens after this day."""

    company: Company
    first: dt.date
    part: int
    number: int
    months: int
    today: dt.date
    seed: int
    size: Size
    people: dict[Role, User]
    masters: Masters

    @property
    def start(self) -> dt.date:
        """The part's first day."""
        return self.first + dt.timedelta(days=PARTS[self.part] - 1)

    @property
    def last(self) -> dt.date:
        """The part's last day, or today."""
        if self.part + 1 < len(PARTS):
            after = self.first + dt.timedelta(days=PARTS[self.part + 1] - 1)
        else:
            after = (self.first + dt.timedelta(days=32)).replace(day=1)
        return min(after - dt.timedelta(days=1), self.today)

    @property
    def is_first(self) -> bool:
        return self.part == 0

    @property
    def is_end(self) -> bool:
        """Whether the month ends with this part."""
        return self.part + 1 == len(PARTS) and self.last < self.today

    @property
    def is_now(self) -> bool:
        """Whether today is in it: some of what is begun is not finished yet."""
        return self.last == self.today

    @property
    def pace(self) -> Decimal:
        """How busy the month is: the season, and a company that grows by three quarters in its time."""
        growth = Decimal(74) + Decimal(56) * self.number / max(self.months, 1)
        return growth * SEASON[self.first.month - 1] / 10000

    def share(self, a_month: int, rng: random.Random) -> int:
        """How many of something that happens so often in a usual month happen in this part."""
        wanted = float(a_month * self.pace) * ((self.last - self.start).days + 1) / 30.4
        return int(wanted) + (rng.random() < wanted % 1)

    def a_day(self, rng: random.Random) -> dt.date:
        """Any working day of the part; its last day when it has none left."""
        day = self.start + dt.timedelta(days=rng.randint(0, (self.last - self.start).days))
        while day.weekday() > 4 and day < self.last:
            day += dt.timedelta(days=1)
        return day

    def within(self, day: dt.date) -> bool:
        """Whether the day has come by the end of the part."""
        return day <= self.last

    def not_before(self, day: dt.date) -> dt.date:
        """The day, or the part's first when that is later: what was left over is done now."""
        return max(day, self.start)

    @staticmethod
    def at(day: dt.date, hour: int = 10) -> dt.datetime:
        """The moment on a day at which something is done."""
        return dt.datetime.combine(day, dt.time(hour), tzinfo=dt.UTC)

    def rng(self, what: str) -> random.Random:
        """Chance, the same in every run with this seed."""
        return random.Random(f"{self.seed}:{self.first}:{self.part}:{what}")  # noqa: S311 - not for secrets

    def chance(self, of_what: str) -> random.Random:
        """Chance that belongs to one thing, whenever it is asked."""
        return random.Random(f"{self.seed}:{of_what}")  # noqa: S311 - not for secrets
