"""What is done to items apart from writing them: each a verb of its own, for one item or for many."""

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.catalog.models import Item
from core.documents.records import amend_record
from core.errors import InvalidInputError

if TYPE_CHECKING:
    from core.access.models import User


def classify_item(
    *,
    item_id: int,
    user: "User | None",
    now: dt.datetime,
    category_id: int | None = None,
    tax_category_id: int | None = None,
) -> Item:
    """Put an item into a category, a tax category or both; what is not named stays. Documents that are written already
    keep their taxes. Done already, nothing is written.

    :raises InvalidInputError: neither is named.
    """
    named = (("category_id", category_id), ("tax_category_id", tax_category_id))
    wanted = {name: key for name, key in named if key is not None}
    if not wanted:
        raise InvalidInputError(_("Choose a category, a tax category or both."), field="category")
    return amend_record(Item, item_id, user=user, now=now, values=wanted)


def activate_item(*, item_id: int, user: "User | None", now: dt.datetime) -> Item:
    """Offer an item on new documents again. Done already, nothing is written."""
    return amend_record(Item, item_id, user=user, now=now, values={"active": True})


def deactivate_item(*, item_id: int, user: "User | None", now: dt.datetime) -> Item:
    """Offer an item on new documents no more; its stock and its documents stay. Done already, nothing is written."""
    return amend_record(Item, item_id, user=user, now=now, values={"active": False})
