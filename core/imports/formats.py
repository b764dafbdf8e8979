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
    bare = _DECORATION.sub("", text)
    if not any(char.isdigit() for char in bare) or not bare.isascii():
        return None
    mark = DecimalMark(mark)
    if not _NUMBERS[mark].fullmatch(bare):
        return None
    return Decimal(bare.replace(_GROUPS[mark], "").replace(",", "."))


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


def marks_of(values: Iterable[str]) -> set[str]:
    """The decimal marks under which the column's values are numbers; empty when it is not one of numbers."""
    return _shared(values, DecimalMark.values, lambda text, mark: read_decimal(text, mark) is not None)


def orders_of(values: Iterable[str]) -> set[str]:
    """The orders in which the column's values are days; empty when it is not one of days."""
    return _shared(values, DateOrder.values, lambda text, order: read_day(text, order) is not None)


def _shared(values: Iterable[str], kinds: Iterable[str], fits: Callable[[str, str], bool]) -> set[str]:
    """What fits every value that is one at all. Values that fit nothing are bad rows and decide nothing, unless they
    are most of the column."""
    every = set(kinds)
    left, good, bad = set(every), 0, 0
    for text in values:
        fitting = {kind for kind in every if fits(text, kind)} if text.strip() else every
        good, bad = good + bool(fitting), bad + (not fitting)
        left &= fitting or every
    return left if good > bad else set()
