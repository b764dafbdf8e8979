"""One month of the demo company's life, and everything its acts need to know."""

import datetime as dt
import random
from dataclasses import dataclass

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company
from integration.demo.masters import Masters, Size


@dataclass(frozen=True, slots=True)
class Month:
    """:ivar first: its first day. :ivar today: nothing happens after this day."""

    company: Company
    first: dt.date
    today: dt.date
    seed: int
    size: Size
    people: dict[Role, User]
    masters: Masters

    @property
    def last(self) -> dt.date:
        """Its last day, or today in the running month."""
        after = (self.first + dt.timedelta(days=32)).replace(day=1)
        return min(after - dt.timedelta(days=1), self.today)

    @property
    def is_last(self) -> bool:
        return self.last == self.today

    def day(self, number: int) -> dt.date:
        """A day of the month, not after its last."""
        return min(self.first + dt.timedelta(days=number - 1), self.last)

    @staticmethod
    def at(day: dt.date, hour: int = 10) -> dt.datetime:
        """The moment on a day at which something is done."""
        return dt.datetime.combine(day, dt.time(hour), tzinfo=dt.UTC)

    def rng(self, what: str) -> random.Random:
        """Chance, the same in every run with this seed."""
        return random.Random(f"{self.seed}:{self.first}:{what}")  # noqa: S311 - not for secrets
