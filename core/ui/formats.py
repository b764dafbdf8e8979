"""How values look on a screen, in a list cell and in an exported label. One function a kind, fit for every cell.

The language is the reader's unless it is given; a list gives it, for asking costs as much as formatting."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

NOTHING = "–"

# ISO 4217 minor units that are not two.
MINOR_UNITS = dict.fromkeys(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"], 0
) | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)


@lru_cache(maxsize=16)
def _separators(language: str) -> tuple[str, str]:
    return str(get_format("THOUSAND_SEPARATOR", language)), str(get_format("DECIMAL_SEPARATOR", language))


def _reader() -> str:
    return get_language() or "en"


def number(value: Decimal | int, places: int | None = None, language: str = "") -> str:
    """Group thousands in the reader's language; `places` None keeps what is needed and drops trailing zeros."""
    if places is None:
        text = f"{value:,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{value:,.{places}f}"
    thousand, decimal = _separators(language or _reader())
    if (thousand, decimal) != (",", "."):
        text = text.replace(",", "\0").replace(".", decimal).replace("\0", thousand)
    return text


def money(value: Decimal | None, currency: str = "", language: str = "") -> str:
    """An amount with the minor units of its currency; the currency itself stands in the header, not in the cell."""
    if value is None:
        return ""
    return number(value, MINOR_UNITS.get(currency, 2), language)


def price(value: Decimal | None, language: str = "") -> str:
    """A unit price or cost: two decimals at least, more when they are there."""
    if value is None:
        return ""
    text = f"{value:f}".partition(".")[2].rstrip("0")
    return number(value, max(2, len(text)), language)


def money_with_currency(value: Decimal | None, currency: str) -> str:
    """An amount that stands alone, with its currency code."""
    return "" if value is None else f"{money(value, currency)} {currency}".rstrip()


def quantity(value: Decimal | None, language: str = "") -> str:
    return "" if value is None else number(value, language=language)


def percent(value: Decimal | None, language: str = "") -> str:
    return "" if value is None else f"{number(value, language=language)} %"


@lru_cache(maxsize=8192)
def _date(value: dt.date, language: str) -> str:
    return date_format(value, "j M Y") if language.startswith("en") else date_format(value, "DATE_FORMAT")


def date(value: dt.date | None, language: str = "") -> str:
    """A day as people of this language write it, never the ambiguous all-digit form."""
    return "" if value is None else _date(value, language or _reader())


def moment(value: dt.datetime | None, language: str = "") -> str:
    """A moment in the reader's time zone, to the minute."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{_date(local.date(), language or _reader())} {local:%H:%M}"


def relative(value: dt.datetime | None, *, now: dt.datetime | None = None) -> str:
    """How long ago, in the largest whole unit; the exact moment belongs in the title beside it."""
    if value is None:
        return ""
    seconds = int(((now or timezone.now()) - value).total_seconds())
    if seconds < 0:
        return moment(value)
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days >= 30:
        return _date(timezone.localtime(value).date(), _reader())
    if days:
        return ngettext("%d day ago", "%d days ago", days) % days
    if hours:
        return ngettext("%d hour ago", "%d hours ago", hours) % hours
    return ngettext("%d minute ago", "%d minutes ago", minutes) % minutes if minutes else _("just now")


def plain(value: Any, kind: str = "text", currency: str = "") -> str:
    """The text of any value of a column or field kind; lists, panels, history and conflict pages share it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if kind == "money":
        return money(value, currency)
    formatter = FORMATTERS.get(kind) or next((made for cls, made in BY_TYPE if isinstance(value, cls)), str)
    return formatter(value)


# Each takes the value and, when it is known already, the language.
FORMATTERS: dict[str, Callable[..., str]] = {
    "quantity": quantity,
    "price": price,
    "percent": percent,
    "date": date,
    "datetime": moment,
}
# A moment is a day too, so it stands first.
BY_TYPE: tuple[tuple[type, Callable[[Any], str]], ...] = ((dt.datetime, moment), (dt.date, date), (Decimal, number))
