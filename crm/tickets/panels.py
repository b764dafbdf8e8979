"""Panels of a ticket: the conversation with its box to answer, whom it is about, what else they asked."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import policies
from core.parties.enums import ContactKind
from core.parties.models import Party
from core.ui import columns, registry
from core.ui.forms import build_form
from core.ui.panels import Panel, RelatedPanel
from core.ui.requests import caller_of
from core.ui.resource import Caller
from crm.tickets.enums import OPEN_STATUSES, MailStatus, MessageKind
from crm.tickets.models import Ticket, TicketMessage
from crm.tickets.queries import contact_points, conversation

SHOWN = 200
ICONS = {
    MessageKind.ANSWER: "send",
    MessageKind.NOTE: "lock",
    MessageKind.CUSTOMER: "message",
    MessageKind.RESOLUTION: "circle-check",
    MessageKind.REOPENING: "arrow-back-up",
    MessageKind.CLOSING: "archive",
}
BOXES = (("answer", "send"), ("note", "lock"), ("customer_message", "message"))
SCHEMES = {ContactKind.EMAIL: "mailto:", ContactKind.PHONE: "tel:"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One word or mark of the conversation as the template draws it.

    :ivar kind: a MessageKind; the opening counts as a customer's message.
    :ivar note: how the word travelled: "Sent to ada@…", "By phone".
    :ivar retry_url: where a mail that was given up is sent anew.
    """

    kind: str
    label: str
    icon: str
    who: str
    at: dt.datetime
    text: str
    note: str = ""
    is_bad: bool = False
    retry_url: str = ""


class ConversationPanel(Panel):
    """Everything that was said, latest first, under the box that says more."""

    name = "conversation"
    title = gettext_lazy("Conversation")
    template = "tickets/panels/conversation.html"

    def context(self, request: HttpRequest, obj: Ticket) -> Mapping[str, Any]:
        caller = caller_of(request)
        messages = list(conversation(ticket_id=obj.pk)[: SHOWN + 1])
        more = len(messages) > SHOWN
        entries = entries_of(messages[:SHOWN], may_retry=policies.may(caller.user, "answer", obj, caller.company_id))
        return {
            "boxes": boxes(caller, obj),
            "entries": entries if more else [*entries, opening(obj)],
            "more_url": f"{registry.get('ticket-messages').url('list')}?ticket={obj.pk}" if more else "",
        }


def boxes(caller: Caller, ticket: Ticket) -> list[dict[str, Any]]:
    """The forms of what this person may say now, each with a key of its own, so that a double click says it once."""
    resource = registry.get("tickets")
    found = []
    for name, icon in BOXES:
        action = resource.action(name)
        if action is None or action.form is None or not action.offered(caller, ticket):
            continue
        form: Any = build_form(action.form, caller, record=ticket, initial={"external_id": f"form:{uuid.uuid4().hex}"})
        form.auto_id = f"{name}_%s"
        found.append(
            {
                "name": name,
                "label": action.label,
                "icon": icon,
                "form": form,
                "url": resource.url("action", ticket.pk, name),
            }
        )
    return found


def opening(ticket: Ticket) -> Entry:
    """What the customer first said."""
    return Entry(
        kind=MessageKind.CUSTOMER,
        label=_("Opened"),
        icon="ticket",
        who=str(ticket.contact or ticket.party),
        at=ticket.opened_at,
        text=ticket.description,
        note=str(ticket.get_channel_display()),
    )


def entries_of(messages: Iterable[TicketMessage], *, may_retry: bool) -> list[Entry]:
    return [_entry(message, may_retry) for message in messages]


def _entry(message: TicketMessage, may_retry: bool) -> Entry:
    is_customers = message.kind == MessageKind.CUSTOMER
    note, is_bad, retry_url = mail_words(message), False, ""
    mail = getattr(message, "mail", None)
    if mail is not None and mail.status == MailStatus.FAILED:
        is_bad = True
        messages = registry.get("ticket-messages")
        retry_url = messages.url("action", message.pk, "try_again") if may_retry else ""
    return Entry(
        kind=message.kind,
        label=str(message.get_kind_display()),
        icon=ICONS[MessageKind(message.kind)],
        who=str((message.sender if is_customers else message.author) or ""),
        at=message.at,
        text=message.text,
        note=str(message.get_channel_display()) if is_customers else note,
        is_bad=is_bad,
        retry_url=retry_url,
    )


def mail_words(message: TicketMessage) -> str:
    """How far an answer's mail has come; empty for what is not mailed."""
    mail = getattr(message, "mail", None)
    if mail is None:
        return _("Not mailed") if message.kind == MessageKind.ANSWER else ""
    if mail.status == MailStatus.SENT:
        return _("Mailed to %(address)s") % {"address": mail.address}
    if mail.status == MailStatus.FAILED:
        return _("Not delivered to %(address)s: %(error)s") % {"address": mail.address, "error": mail.error}
    if mail.error:
        return _("Not sent to %(address)s yet, tried again soon: %(error)s") % {
            "address": mail.address,
            "error": mail.error,
        }
    return _("On its way to %(address)s") % {"address": mail.address}


class CustomerPanel(Panel):
    """Whom it is about and how to reach them."""

    name = "customer"
    title = gettext_lazy("Customer")
    template = "ui/panels/attributes.html"
    side = "side"

    def context(self, request: HttpRequest, obj: Ticket) -> Mapping[str, Any]:
        rows = [(_("Customer"), columns.record_link(obj.party))]
        if obj.contact is not None and obj.contact_id != obj.party_id:
            job = obj.contact.job_title
            rows.append((_("Contact"), format_html("{} {}", columns.record_link(obj.contact), job)))
        rows += [(str(point.get_kind_display()), _point(point.kind, point.value)) for point in contact_points(obj)]
        if obj.party.owner is not None:
            rows.append((_("Looked after by"), format_html("{}", obj.party.owner)))
        return {"fields": [{"label": label, "value": value, "css": "cell-text"} for label, value in rows]}


def _point(kind: str, value: str) -> SafeString:
    scheme = SCHEMES.get(ContactKind(kind))
    return format_html('<a href="{}{}">{}</a>', scheme, value, value) if scheme else format_html("{}", value)


class OtherTicketsPanel(RelatedPanel):
    """What else the same customer has asked."""

    name = "other_tickets"
    title = gettext_lazy("Other tickets of this customer")
    model = Ticket
    columns = ("subject", "status")
    empty_text = gettext_lazy("This is the only one.")

    def rows(self, caller: Caller, obj: Ticket) -> QuerySet[Any]:
        others = Ticket.objects.filter(party_id=obj.party_id).exclude(pk=obj.pk).order_by("-pk")
        return policies.scoped(caller.user, others, "view", caller.company_id)

    def more(self, obj: Ticket) -> str:
        return f"{registry.get('tickets').url('list')}?party={obj.party_id}"


class OpenTicketsPanel(RelatedPanel):
    """On a party's page: what it waits for, and the way to a new ticket."""

    name = "tickets"
    title = gettext_lazy("Open tickets")
    model = Ticket
    field = "party"
    where = {"status__in": OPEN_STATUSES}
    columns = ("subject", "status", "assignee")
    empty_text = gettext_lazy("No open ticket.")

    def header_action(self, caller: Caller, obj: Party) -> dict[str, str] | None:
        if not policies.may(caller.user, "create", Ticket, caller.company_id):
            return None
        # A person's ticket is their organisation's, with them as the contact.
        who = f"party={obj.parent_id}&contact={obj.pk}" if obj.parent_id else f"party={obj.pk}"
        url = registry.get("tickets").url("create")
        return {"label": _("New ticket"), "url": f"{url}?{who}", "icon": "plus"}
