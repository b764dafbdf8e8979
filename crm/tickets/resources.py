"""Screens of tickets, of what is said in them, and of their categories; what tickets add to the page of a party."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ui import formats
from core.ui.actions import Action
from core.ui.panels import AttributesPanel, RelatedPanel
from core.ui.registry import extend, register
from core.ui.resource import Column, Menu, PresetView, Resource, SearchIn
from crm.contacts.activities import activity_actions
from crm.contacts.panels import NextActivityPanel, TimelinePanel
from crm.tickets import forms
from crm.tickets.board import TICKET_BOARD
from crm.tickets.enums import OPEN_STATUSES, TICKET_TRANSITIONS, MailStatus, TicketStatus
from crm.tickets.filters import TicketFilter, TicketMessageFilter
from crm.tickets.models import Ticket, TicketCategory, TicketMessage
from crm.tickets.operations import (
    add_ticket_note,
    answer_ticket,
    assign_ticket,
    close_ticket,
    create_ticket,
    record_customer_message,
    reopen_ticket,
    resolve_ticket,
    resume_ticket,
    take_ticket,
    try_answer_mail_again,
    update_ticket,
    wait_for_customer,
)
from crm.tickets.panels import ConversationPanel, CustomerPanel, OpenTicketsPanel, OtherTicketsPanel, mail_words

OPEN = ",".join(OPEN_STATUSES)
PRIORITY_COLORS = {"low": "grey", "normal": "grey", "high": "yellow", "urgent": "red"}


def tickets_to(status: TicketStatus) -> Callable[[Ticket], bool]:
    """Whether a ticket may become that now."""
    return lambda ticket: TICKET_TRANSITIONS.allows(ticket.status, status)


def is_not_closed(ticket: Ticket) -> bool:
    return ticket.status != TicketStatus.CLOSED


def can_be_taken(ticket: Ticket) -> bool:
    """Nobody works on it yet."""
    return ticket.is_open and (ticket.assignee_id is None or ticket.status == TicketStatus.NEW)


def waits(name: str, label: Any) -> Column:
    """A moment as the time that has passed since; sorted by the moment, and that moment in the API."""
    return Column(
        name,
        label,
        kind="text",
        sort=name,
        value=lambda ticket: formats.relative(getattr(ticket, name), now=timezone.now()),
    )


def mail_status(message: TicketMessage) -> str:
    """How far an answer's mail has come, in a word."""
    mail = getattr(message, "mail", None)
    return str(mail.get_status_display()) if mail is not None else ""


def mail_column(value: Callable[[TicketMessage], str]) -> Column:
    return Column("mail_state", _("Mail"), kind="text", sort=False, value=value)


TALK = (
    Action(
        "answer",
        _("Answer"),
        answer_ticket,
        form=forms.AnswerForm,
        when=is_not_closed,
        icon="send",
        success=_("The ticket is answered."),
    ),
    Action(
        "note",
        _("Internal note"),
        add_ticket_note,
        form=forms.NoteForm,
        icon="lock",
        success=_("The note is kept."),
    ),
    Action(
        "customer_message",
        _("Customer's message"),
        record_customer_message,
        form=forms.CustomerMessageForm,
        when=is_not_closed,
        icon="message",
        success=_("The customer's message is kept."),
    ),
)
COURSE = (
    Action(
        "take",
        _("Take"),
        take_ticket,
        when=can_be_taken,
        style="primary",
        icon="player-play",
        bulk=True,
        success=_("The ticket is yours."),
    ),
    Action(
        "resolve",
        _("Resolve"),
        resolve_ticket,
        form=forms.ResolveForm,
        when=tickets_to(TicketStatus.RESOLVED),
        style="primary",
        icon="circle-check",
        bulk=True,
        success=_("The ticket is resolved."),
    ),
    Action("assign", _("Assign"), assign_ticket, form=forms.AssignForm, when=is_not_closed, icon="user", bulk=True),
    Action(
        "wait",
        _("Wait for customer"),
        wait_for_customer,
        when=tickets_to(TicketStatus.WAITING),
        icon="clock",
        bulk=True,
    ),
    Action(
        "resume",
        _("Resume"),
        resume_ticket,
        when=lambda ticket: ticket.status == TicketStatus.WAITING,
        icon="player-play",
        bulk=True,
    ),
    Action(
        "reopen",
        _("Reopen"),
        reopen_ticket,
        form=forms.ReopenForm,
        when=lambda ticket: not ticket.is_open,
        icon="arrow-back-up",
    ),
    Action(
        "close",
        _("Close"),
        close_ticket,
        form=forms.CloseForm,
        when=tickets_to(TicketStatus.CLOSED),
        style="danger",
        icon="archive",
        bulk=True,
    ),
)
# A note on a ticket is its internal note, so of the quick activities only these are offered.
ACTIVITIES = tuple(action for action in activity_actions("tickets.ticket") if action.name in {"log_call", "plan_task"})


@register
class TicketResource(Resource):
    model = Ticket
    slug = "tickets"
    menu = Menu("service", order=10, icon="ticket", key="s")
    columns = (
        "number",
        "subject",
        "party",
        "status",
        Column("priority", kind="status", sort="priority_rank"),
        "assignee",
        waits("unanswered_since", _("Unanswered")),
        waits("last_message_at", _("Last message")),
    )
    more_columns = (
        "category",
        "channel",
        "contact",
        "team",
        "opened_at",
        "first_response_at",
        "resolved_at",
        "closed_at",
        "resolution",
        "created_by",
    )
    ordering = "-last_message_at"
    filters = TicketFilter
    search = True
    files = True
    form, create, update = forms.TicketForm, create_ticket, update_ticket
    status_colors = PRIORITY_COLORS
    views = {"board": TICKET_BOARD}
    detail_related = ("party__owner", "contact", "category", "assignee", "team")
    panels = (
        ConversationPanel(),
        AttributesPanel(
            side="side",
            fields=(
                Column("priority", kind="status"),
                "category",
                "channel",
                "assignee",
                "team",
                "opened_at",
                "first_response_at",
                "resolved_at",
                "closed_at",
                "resolution",
            ),
        ),
        CustomerPanel(),
        OtherTicketsPanel(),
        NextActivityPanel(),
        TimelinePanel(),
    )
    actions = (*COURSE, *TALK, *ACTIVITIES)
    saved_views = (
        PresetView("open", _("Open"), {"status": OPEN}, default=True),
        PresetView("mine", _("Mine"), {"assignee": "me", "status": OPEN}),
        PresetView("unassigned", _("Unassigned"), {"assignee": "none", "status": OPEN}),
        PresetView("unanswered", _("Unanswered"), {"unanswered": "1", "status": OPEN, "sort": "unanswered_since"}),
        PresetView("waiting", _("Waiting"), {"status": "waiting"}),
        PresetView("resolved_today", _("Resolved today"), {"resolved_at_from": "today", "status": "resolved,closed"}),
    )
    empty_text = _("A ticket keeps together what a customer asked and what was answered, until it is resolved.")

    def title(self, obj: Ticket) -> str:
        return f"{obj.number} · {obj.subject}"

    def subtitle(self, obj: Ticket) -> str:
        return str(obj.party)

    def editable(self, obj: Ticket) -> bool:
        return is_not_closed(obj)


@register
class TicketMessageResource(Resource):
    """What was said in tickets, to be read and exported; it is said on the ticket's page."""

    model = TicketMessage
    slug = "ticket-messages"
    search = SearchIn(words=("text",), records=("ticket",), alike=False)
    columns = ("at", "ticket", "kind", "author", "sender", "text", mail_column(mail_status))
    more_columns = ("channel",)
    ordering = "-at"
    filters = TicketMessageFilter
    select_related = ("ticket", "mail")
    panels = (
        AttributesPanel(
            fields=("ticket", "kind", "author", "sender", "channel", "at", "text", mail_column(mail_words))
        ),
    )
    actions = (
        Action(
            "try_again",
            _("Send again"),
            try_answer_mail_again,
            when=lambda message: getattr(getattr(message, "mail", None), "status", "") == MailStatus.FAILED,
            verb="answer",
            icon="rotate-clockwise",
            success=_("The mail is on its way again."),
        ),
    )
    api_fields = ("id", "ticket", "kind", "text", "author", "sender", "channel", "at")


@register
class TicketCategoryResource(Resource):
    model = TicketCategory
    slug = "ticket-categories"
    search = SearchIn(words=("name",))
    menu = Menu("settings", order=60, icon="category")
    columns = ("name", "active")
    ordering = "name"
    filters = ("active",)
    form = forms.TicketCategoryForm
    panels = (
        AttributesPanel(fields=("active",)),
        RelatedPanel(
            name="tickets",
            title=_("Tickets"),
            side="main",
            model=Ticket,
            field="category",
            columns=("number", "subject", "party", "status"),
        ),
    )


extend("parties").add_panel(OpenTicketsPanel(), after="next_activity")
