"""What the papers of documents say in the same words and the same place. Ask in the language of the paper."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.company.models import Company
from core.parties.letterhead import letterhead
from core.parties.models import Party
from core.ui import formats


def heading(title: str, company: Company, party: str, address: Sequence[str]) -> dict[str, Any]:
    """The title, who sends the paper and whom it goes to.

    :param party: the name as `addressed` gives it.
    :param address: the lines under the name; one that only says the name again is left out.
    """
    return {
        "title": title,
        "seller": letterhead(company),
        "party_label": pgettext("addressee", "To"),
        "party": {"name": party, "lines": [line for line in address if line != party]},
    }


def addressed(party: Party) -> str:
    """The name that stands over an address."""
    return party.legal_name or party.name


def facts(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Labels with their values; what has no value is left out."""
    return [{"label": label, "value": value} for label, value in pairs if value]


def goods_headers() -> list[dict[str, Any]]:
    """The headers over `goods_row`."""
    return [{"label": _("Item"), "num": False}, {"label": _("Quantity"), "num": True}]


def goods_row(line: Any) -> list[dict[str, Any]]:
    """A line without its price: what it is and how many."""
    item = line.item
    quantity = f"{formats.quantity(line.quantity)} {line.unit or ''}".strip()
    name = line.description or (item.name if item else "")
    return [{"value": name, "note": item.sku if item else ""}, {"value": quantity, "num": True}]


def priced_headers(currency: str) -> list[dict[str, Any]]:
    """The headers over `priced_row`."""
    amounts = (_("Unit price"), _("Discount"), _("Net %(currency)s") % {"currency": currency})
    return [*goods_headers(), *({"label": label, "num": True} for label in amounts)]


def priced_row(line: Any, currency: str) -> list[dict[str, Any]]:
    """A line with its price: what it is, how many, at which price and discount, and its net amount."""
    return [
        *goods_row(line),
        {"value": formats.price(line.unit_price), "num": True},
        {"value": formats.percent(line.discount_percent or None), "num": True},
        {"value": formats.money(line.net_amount, currency), "num": True},
    ]
