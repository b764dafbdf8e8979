"""The first ticket categories of a new company."""

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.documents.records import create_record
from crm.tickets.models import TicketCategory

if TYPE_CHECKING:
    from core.access.models import User


def set_up_tickets(*, company_id: int, user: "User | None", now: dt.datetime) -> list[TicketCategory]:
    """Give a company the usual ticket categories. A company that has any keeps its own."""
    known = list(TicketCategory.objects.filter(company_id=company_id))
    if known:
        return known
    names = (_("Question"), _("Fault"), _("Delivery"), _("Invoice"), _("Return"), _("Complaint"))
    return [
        create_record(TicketCategory, company_id=company_id, user=user, now=now, values={"name": name})
        for name in names
    ]
