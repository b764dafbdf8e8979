"""Filters of tickets and of what is said in them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.company.models import Team
from core.parties.models import Party
from core.ui.filters import DayFilter, RecordFilter, ResourceFilterSet, WordsFilter, YesNoFilter
from crm.tickets.enums import MessageKind, TicketChannel, TicketPriority, TicketStatus
from crm.tickets.models import Ticket, TicketCategory, TicketMessage


class UnansweredFilter(YesNoFilter):
    """Tickets in which the customer waits for us."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return qs if value in (None, "") else qs.filter(unanswered_since__isnull=value != "1")


class TicketFilter(ResourceFilterSet):
    status = WordsFilter(choices=TicketStatus.choices, label=_("Status"))
    assignee = RecordFilter(queryset=User.objects.all(), label=_("Assignee"))
    priority = WordsFilter(choices=TicketPriority.choices, label=_("Priority"))
    category = RecordFilter(queryset=TicketCategory.objects.all(), label=_("Category"))
    party = RecordFilter(queryset=Party.objects.all(), label=_("Customer"))
    unanswered = UnansweredFilter(label=_("Unanswered"))
    team = RecordFilter(queryset=Team.objects.all(), label=_("Team"))
    channel = WordsFilter(choices=TicketChannel.choices, label=_("Came in by"))
    contact = RecordFilter(queryset=Party.objects.all(), label=_("Contact"))
    opened_at_from = DayFilter(field_name="opened_at", of_moment=True, label=_("Opened from"))
    opened_at_to = DayFilter(field_name="opened_at", of_moment=True, upper=True, label=_("Opened to"))
    resolved_at_from = DayFilter(field_name="resolved_at", of_moment=True, label=_("Resolved from"))
    resolved_at_to = DayFilter(field_name="resolved_at", of_moment=True, upper=True, label=_("Resolved to"))

    class Meta:
        model = Ticket
        fields: tuple[str, ...] = ()


class TicketMessageFilter(ResourceFilterSet):
    ticket = RecordFilter(queryset=Ticket.objects.all(), label=_("Ticket"))
    kind = WordsFilter(choices=MessageKind.choices, label=_("Kind"))
    author = RecordFilter(queryset=User.objects.all(), label=_("Author"))
    at_from = DayFilter(field_name="at", of_moment=True, label=_("From"))
    at_to = DayFilter(field_name="at", of_moment=True, upper=True, label=_("To"))

    class Meta:
        model = TicketMessage
        fields: tuple[str, ...] = ()
