"""Whole numbers in texts from outside: ids of records, places in a list, versions of a row.

Python's own `str.isdigit()` also says yes to `²`, which `int()` refuses, and `int()` reads `٣` and `1_0`; so nothing
else reads a number that somebody sent."""

from __future__ import annotations

MOST = 2**63 - 1
"""The greatest number that a key of the database can be."""
NOBODY = 0
MOST_VERSION = 2**31 - 1
"""The greatest number of a row's version, and enough for whatever is counted on a page."""


def whole_number(text: object, *, most: int = MOST) -> int | None:
    """The number from 0 to `most` that the text writes in ASCII digits, else None. A JSON number is taken as its text;
    true and false are none."""
    digits = str(text)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(most)):
        return None
    number = int(digits)
    return number if number <= most else None


def id_in(text: object) -> int | None:
    """The id that the text can be, else None: nothing has the id 0."""
    return whole_number(text) or None


def id_or_nobody(text: object) -> int:
    """The id that the text can be, else one that nothing has, to look up without asking first."""
    return whole_number(text) or NOBODY
