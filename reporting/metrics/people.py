"""Figures of those who bring people in and look after them: leads, tickets and tasks."""

from decimal import Decimal

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from crm.leads.enums import OPEN_STATUSES, LeadStatus
from crm.tickets.enums import OPEN_STATUSES as OPEN_TICKET_STATUSES
from reporting.metrics.definition import Stand, Unit
from reporting.metrics.lists import Found, ListMetric

ROWS = {"total": Count("pk")}
OPEN = ",".join(OPEN_STATUSES)


def _share(found: Found) -> Decimal:
    """Converted per lead that came in, in percent to two decimals."""
    every = found.get("every")
    return (Decimal(found["converted"]) * 100 / every).quantize(Decimal("0.01")) if every else Decimal(0)


NEW_LEADS = ListMetric(
    key="new_leads", label=_("New leads"), slug="leads", unit=Unit.COUNT, date="created_at", column="created_at",
    of_moment=True, aggregates=ROWS, hint=_("Leads that came in. Publish a capture form, or add the first lead."),
)  # fmt: skip
OPEN_LEADS = ListMetric(
    key="open_leads", label=_("Open leads"), slug="leads", unit=Unit.COUNT, filters={"status": OPEN},
    stand=Stand.NOW, aggregates=ROWS, more_is_better=None, hint=_("Leads that somebody may still sell to."),
)  # fmt: skip
CONVERTED = ListMetric(
    key="converted_leads", label=_("Leads converted"), slug="leads", unit=Unit.COUNT,
    filters={"status": LeadStatus.CONVERTED}, date="converted_at", column="converted_at", of_moment=True,
    aggregates=ROWS, hint=_("Leads that became a customer and a deal."),
)  # fmt: skip
LEAD_RATE = ListMetric(
    key="lead_rate", label=_("Lead conversion"), slug="leads", unit=Unit.PERCENT, date="created_at",
    column="created_at", of_moment=True, value=_share,
    aggregates={"converted": Count("pk", filter=Q(status=LeadStatus.CONVERTED)), "every": Count("pk")},
    hint=_("Of the leads that came in in this time, those that are converted by now."),
)  # fmt: skip
OPEN_TICKETS = ListMetric(
    key="open_tickets", label=_("Open tickets"), slug="tickets", unit=Unit.COUNT,
    filters={"status": ",".join(OPEN_TICKET_STATUSES)}, stand=Stand.NOW, aggregates=ROWS, more_is_better=None,
    hint=_("Tickets that are not settled yet."),
)  # fmt: skip
UNANSWERED = ListMetric(
    key="unanswered_tickets", label=_("Waiting for us"), slug="tickets", unit=Unit.COUNT,
    filters={"status": ",".join(OPEN_TICKET_STATUSES), "unanswered": "1"}, stand=Stand.NOW, aggregates=ROWS,
    more_is_better=False, hint=_("Open tickets in which the customer waits for an answer."),
)  # fmt: skip
NEW_TICKETS = ListMetric(
    key="new_tickets", label=_("Tickets opened"), slug="tickets", unit=Unit.COUNT, date="opened_at",
    column="opened_at", of_moment=True, aggregates=ROWS, more_is_better=None,
    hint=_("Tickets that came in. Open the first one to see it."),
)  # fmt: skip
RESOLVED = ListMetric(
    key="resolved_tickets", label=_("Tickets resolved"), slug="tickets", unit=Unit.COUNT, date="resolved_at",
    column="resolved_at", of_moment=True, aggregates=ROWS, hint=_("Tickets that were resolved in this time."),
)  # fmt: skip
MY_TASKS = ListMetric(
    key="my_tasks", label=_("My tasks"), slug="tasks", unit=Unit.COUNT, filters={"owner": "me", "is_open": "1"},
    stand=Stand.NOW, aggregates=ROWS, more_is_better=None, hint=_("What you have planned and not done."),
)  # fmt: skip
OVERDUE_INVOICES = ListMetric(
    key="overdue_invoices", label=_("Overdue invoices"), slug="sales-invoices", unit=Unit.COUNT,
    filters={"payment_state": "overdue"}, stand=Stand.NOW, aggregates=ROWS, more_is_better=False,
    hint=_("Sales invoices past their due date with something left to pay."),
)  # fmt: skip

METRICS = (
    NEW_LEADS, OPEN_LEADS, CONVERTED, LEAD_RATE, OPEN_TICKETS, UNANSWERED, NEW_TICKETS, RESOLVED, MY_TASKS,
    OVERDUE_INVOICES,
)  # fmt: skip
