"""How files write numbers and days. What fits two readings is told apart by the whole column or asked."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from core.imports.enums import DateOrder, DecimalMark

# Blanks of all widths, apostrophes and currency signs say nothing about the number.
_DECORATION = re.compile(r"[\s\u00a0\u2007\u202f'’$€£¥]|%$")
_NUMBERS = {
    DecimalMark.POINT: re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?"),
    DecimalMark.COMMA: re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)?(,\d*)?"),
}
_GROUPS = {DecimalMark.POINT: ",", DecimalMark.COMMA: "."}
_DAY = re.compile(r"(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
PIVOT = 69
"""Two-digit years below it are of this century, as spreadsheets read them."""


def read_decimal(text: str, mark: str) -> Decimal | None:
    """The number that the text is under this decimal mark; None when it is none."""
    mark = DecimalMark(mark)
    if not _is_decimal(text, mark):
        return None
    return Decimal(_DECORATION.sub("", text).replace(_GROUPS[mark], "").replace(",", "."))


def _is_decimal(text: str, mark: DecimalMark) -> bool:
    bare = _DECORATION.sub("", text)
    return bare.isascii() and any(char.isdigit() for char in bare) and bool(_NUMBERS[mark].fullmatch(bare))


def read_day(text: str, order: str) -> dt.date | None:
    """The day that the text names when its parts stand in this order; a time of day behind it is dropped."""
    found = _DAY.fullmatch(text.strip())
    if found is None or (not text.isascii() and not any(sign in text for sign in "年月")):
        return None
    parts = dict(zip(order, found.groups(), strict=True))
    if len(parts["y"]) == 3 or len(parts["m"]) > 2 or len(parts["d"]) > 2:
        return None
    year = int(parts["y"])
    if len(parts["y"]) < 3:
        year += 2000 if year < PIVOT else 1900
    try:
        return dt.date(year, int(parts["m"]), int(parts["d"]))
    except ValueError:
        return None


class Narrowing:
    """The ways of writing that fit every value of a column which fits one at all, as its values come by. Values that
    fit nothing are bad rows and decide nothing, unless they are most of the column."""

    def __init__(self, fits: Callable[[str, str], bool], every: Iterable[str]) -> None:
        self._fits, self._every = fits, frozenset(every)
        self._left, self._good, self._bad = self._every, 0, 0

    def look(self, text: str) -> None:
        """Take note of one value that was not looked at before."""
        fitting = frozenset(kind for kind in self._every if self._fits(text, kind))
        if fitting:
            self._left, self._good = self._left & fitting, self._good + 1
        else:
            self._bad += 1

    @property
    def is_hopeless(self) -> bool:
        """Whether the column is plainly something else, so that the rest of it need not be looked at."""
        return self._bad > HOPELESS and self._bad > HOPELESS * self._good

    @property
    def found(self) -> set[str]:
        return set(self._left) if self._good > self._bad else set()


HOPELESS = 100
"""Values that fit nothing, in all and for each one that does."""


def marks() -> Narrowing:
    """The decimal marks under which a column's values are numbers."""
    return Narrowing(lambda text, mark: _is_decimal(text, DecimalMark(mark)), DecimalMark.values)


def orders() -> Narrowing:
    """The orders in which a column's values are days."""
    return Narrowing(lambda text, order: read_day(text, order) is not None, DateOrder.values)


def marks_of(values: Iterable[str]) -> set[str]:
    """The decimal marks under which all of these are numbers; empty when they are none."""
    return _narrowed(marks(), values)


def orders_of(values: Iterable[str]) -> set[str]:
    """The orders in which all of these are days; empty when they are none."""
    return _narrowed(orders(), values)


def _narrowed(narrowing: Narrowing, values: Iterable[str]) -> set[str]:
    for text in values:
        if text.strip():
            narrowing.look(text)
    return narrowing.found
