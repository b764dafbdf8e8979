"""Import of leads."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.imports.registry import register
from core.ui.import_kinds import countries, party_lookalikes
from core.ui.imports.kind import ImportField, Lookalike, ResourceImport
from core.ui.resource import Caller
from crm.leads.models import Lead
from crm.leads.queries import similar_leads


class LeadImport(ResourceImport):
    """Somebody who might buy."""

    slug = "leads"
    external_sample, external_aliases = "L-2001", ("id", "lead id")
    fields = (
        ImportField("name", "Nora Example", ("full name", "contact", "contact name", "person")),
        ImportField("organisation_name", "Green Harbour GmbH", ("company", "organization", "account")),
        ImportField("job_title", "Head of purchasing", ("title", "position")),
        ImportField("email", "nora@green-harbour.example", ("mail", "e-mail")),
        ImportField("phone", "+49 40 334455", ("telephone", "tel")),
        ImportField("website", "https://green-harbour.example", ("web", "url")),
        ImportField("country", "Germany", ("land",), values=countries),
        ImportField("message", "Asks for an offer on 40 lamps", ("comment", "request")),
        ImportField("source", "Fair", ("lead source",)),
        ImportField("owner", "", ("salesperson",)),
        ImportField("team", ""),
        ImportField("notes", ""),
    )

    def lookalikes(self, caller: Caller, values: Mapping[str, Any]) -> Iterable[Lookalike]:
        """An open lead with the same mail address, phone or organisation; a party that is the same."""
        texts = {name: str(values.get(name, "")) for name in ("name", "organisation_name", "email", "phone", "website")}
        lead = Lead(company_id=caller.company_id, **texts)
        found = [Lookalike(str(other), _("an open lead")) for other in similar_leads(lead)[:1]]
        name = texts["organisation_name"] or texts["name"]
        return found or party_lookalikes(
            caller, name=name, email=texts["email"], phone=texts["phone"], website=texts["website"]
        )


register(LeadImport())
