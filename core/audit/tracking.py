"""Marking a model so that the database keeps every version of its rows, whoever changes them and however."""

from typing import TypeVar

import pghistory
from django.db.models import Model

M = TypeVar("M", bound=type[Model])


def tracked(model: M) -> M:
    """Class decorator: keeps the history of master data and documents. Facts need none, they never change."""
    decorate = pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    return decorate(model)  # type: ignore[no-any-return]
