"""Panels of a lead: why it fits, and who it might already be."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.parties.models import Party
from core.ui.panels import Panel
from core.ui.registry import url_for
from core.ui.resource import Caller
from crm.leads.models import Lead
from crm.leads.queries import duplicates_of
from crm.leads.scoring import fit_score

REASONS = {
    "name": _("similar name"),
    "email": _("same mail address"),
    "phone": _("same phone"),
    "domain": _("same domain"),
    "tax_id": _("same tax id"),
}


class FitPanel(Panel):
    """The lead's points with the reason of each."""

    name = "fit"
    title = _("Fit")
    template = "ui/panels/totals.html"
    side = "side"

    def context(self, request: HttpRequest, obj: Lead) -> Mapping[str, Any]:
        score = fit_score(obj, company_country=obj.company.country)
        reasons = [{"label": reason.text, "value": f"{reason.points:+d}", "strong": False} for reason in score.reasons]
        return {"rows": [*reasons, {"label": _("Points of 100"), "value": score.value, "strong": True}]}


class DuplicatesPanel(Panel):
    """Parties that the lead might be, with why, and other open leads like it. Not there when nobody looks like it."""

    name = "duplicates"
    title = _("Known already?")
    template = "ui/panels/duplicates.html"

    def applies(self, caller: Caller, obj: Lead) -> bool:
        return obj.party_id is None

    def context(self, request: HttpRequest, obj: Lead) -> Mapping[str, Any] | None:
        found = duplicates_of(obj)
        rows = [
            {
                "url": url_for(Party(pk=one.party_id)),
                "name": one.name,
                "kind": _("Party"),
                "why": ", ".join(str(REASONS.get(code, code)) for code in one.reasons),
                "likeness": f"{one.score:.0%}",
            }
            for one in found.parties
        ]
        rows += [
            {
                "url": url_for(lead),
                "name": str(lead),
                "kind": _("Lead"),
                "why": lead.get_status_display(),
                "likeness": "",
            }
            for lead in found.leads
        ]
        return {"rows": rows} if rows else None
