"""History of the models that stand below this app: people, companies and what a company sets up for itself.

They cannot carry the decorator of tracking.py, which would be an arrow upward, so each is tracked through a proxy; the
trigger and the accessor `events` are on the model itself."""

from collections.abc import Iterable
from typing import Any

import pghistory
from django.db.models import Model

from core.access.models import User
from core.company.models import Company, CurrencyRate, Holiday, Membership, Team, WorkingCalendar, WorkingWindow

# Secrets, and what changes with every sign-in, are nobody's history.
PRIVATE = ("password", "last_login")


def track_below(model: type[Model], *, without: Iterable[str] = ()) -> type[Model]:
    """Keep every version of a lower model's rows. Answers the proxy, which exists for this alone."""
    meta = type("Meta", (), {"proxy": True, "app_label": "audit", "default_permissions": ()})
    members: dict[str, Any] = {"__module__": __name__, "Meta": meta}
    proxy = type(f"Tracked{model.__name__}", (model,), members)
    decorate = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        obj_field=pghistory.ObjForeignKey(related_name="events"),
        model_name=f"{model.__name__}Event",
        exclude=list(without) or None,
    )
    return decorate(proxy)  # type: ignore[no-any-return]


TrackedUser = track_below(User, without=PRIVATE)
TrackedCompany = track_below(Company)
TrackedMembership = track_below(Membership)
TrackedTeam = track_below(Team)
TrackedCurrencyRate = track_below(CurrencyRate)
TrackedWorkingCalendar = track_below(WorkingCalendar)
TrackedWorkingWindow = track_below(WorkingWindow)
TrackedHoliday = track_below(Holiday)
