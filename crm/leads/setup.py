"""The first capture form of a new company."""

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.company.models import Company
from core.documents.records import create_record
from crm.leads.enums import CaptureField
from crm.leads.models import CaptureForm

if TYPE_CHECKING:
    from core.access.models import User


def set_up_leads(*, company_id: int, user: "User | None", now: dt.datetime) -> CaptureForm:
    """Give a company a contact form at `/f/<company code>-contact/`. One that it has already stays as it is."""
    known = CaptureForm.objects.filter(company_id=company_id).first()
    if known is not None:
        return known
    company = Company.objects.get(pk=company_id)
    values = {
        "slug": f"{company.code.lower().replace('_', '-')}-contact",
        "title": _("Talk to us"),
        "text": _("Tell us what you need; we answer within a working day."),
        "shown_fields": [CaptureField.ORGANISATION, CaptureField.PHONE, CaptureField.MESSAGE],
    }
    return create_record(CaptureForm, company_id=company_id, user=user, now=now, values=values)
