"""Reading the values of legacy files. What cannot be read is a refusal of its row, never a guess."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from core.company.countries import country_names
from core.imports.dataset import ImportContext


class ValueRefusedError(ValueError):
    """The text is not a value of its kind."""


def decimal_of(text: str) -> Decimal:
    """:raises ValueRefusedError: no number."""
    try:
        value = Decimal(text.strip() or "0")
    except InvalidOperation:
        raise ValueRefusedError(f"{text!r} is not a number") from None
    if not value.is_finite():
        raise ValueRefusedError(f"{text!r} is not a number")
    return value


def date_of(text: str, order: str) -> dt.date | None:
    """A date written as numbers; `order` is mdy or dmy. Two-digit years are of this century. Empty is None.

    :raises ValueRefusedError: no such day.
    """
    if not text.strip():
        return None
    try:
        parts = dict(zip(order, (int(part) for part in text.strip().replace("-", "/").split("/")), strict=True))
        year = parts["y"] + 2000 if parts["y"] < 100 else parts["y"]
        return dt.date(year, parts["m"], parts["d"])
    except ValueError:
        raise ValueRefusedError(f"{text!r} is not a date") from None


def noon(day: dt.date) -> dt.datetime:
    """Midday in UTC: a moment that bears this date wherever the company is."""
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)


def country_of(context: ImportContext, text: str) -> str | None:
    """The code of a country's name; empty for none; None when it has to be asked."""
    if not text.strip():
        return ""
    names: Mapping[str, str] = country_names()
    meant = context.resolve("country", text.strip(), names)
    return names[meant] if meant else None
