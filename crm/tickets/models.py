"""Tickets of customers, what is said in them, and the mails by which answers leave."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.company.models import CompanyOwned, Team
from core.documents.facts import Fact
from core.documents.models import Record, unique_external_id, unique_number
from core.parties.models import Party
from core.search.triggers import searchable
from crm.tickets.enums import (
    OPEN_STATUSES,
    SPOKEN,
    MailStatus,
    MessageKind,
    TicketChannel,
    TicketPriority,
    TicketStatus,
)

RANKS = Case(
    *(When(priority=priority, then=Value(rank)) for rank, priority in enumerate(TicketPriority.values, start=1)),
    default=Value(0),
)
IS_OPEN = Q(status__in=[status.value for status in OPEN_STATUSES])


@tracked
class TicketCategory(Record):
    """What tickets are about, in the company's own words."""

    name = models.CharField(_("name"), max_length=80)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("ticket category")
        verbose_name_plural = _("ticket categories")
        ordering = ("name", "id")
        constraints = [
            unique_external_id("tickets_ticketcategory"),
            models.UniqueConstraint("company", "name", name="tickets_ticketcategory_name"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class Ticket(Record):
    """A customer's request, from the first word to the solution.

    :ivar description: what the customer first said; everything after it is a `TicketMessage`.
    :ivar contact: the person to answer to, of the party or the party itself.
    :ivar first_response_at: the first answer; never moves again.
    :ivar unanswered_since: the oldest word of the customer that nobody has answered; empty when the ball is not ours.
    :ivar last_message_at: the latest word of either side, or the opening.
    :ivar resolution: what solved it; empty again once it is reopened.
    :ivar priority_rank: the priority as a number that sorts; kept by the database.
    """

    number = models.CharField(_("number"), max_length=40, editable=False)
    subject = models.CharField(_("subject"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    party = models.ForeignKey(Party, models.PROTECT, verbose_name=_("customer"), related_name="tickets")
    contact = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, verbose_name=_("contact"), related_name="contact_tickets"
    )
    status = models.CharField(
        _("status"), max_length=10, choices=TicketStatus, default=TicketStatus.NEW, editable=False
    )
    priority = models.CharField(_("priority"), max_length=8, choices=TicketPriority, default=TicketPriority.NORMAL)
    priority_rank = models.GeneratedField(
        verbose_name=_("urgency"), expression=RANKS, output_field=models.SmallIntegerField(), db_persist=True
    )
    category = models.ForeignKey(
        TicketCategory, models.PROTECT, null=True, blank=True, verbose_name=_("category"), related_name="tickets"
    )
    channel = models.CharField(_("came in by"), max_length=10, choices=TicketChannel, default=TicketChannel.EMAIL)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("assignee"), related_name="+"
    )
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, verbose_name=_("team"), related_name="+")
    opened_at = models.DateTimeField(_("opened"), editable=False)
    first_response_at = models.DateTimeField(_("first answered"), null=True, editable=False)
    unanswered_since = models.DateTimeField(_("unanswered since"), null=True, editable=False)
    last_message_at = models.DateTimeField(_("last message"), editable=False)
    resolved_at = models.DateTimeField(_("resolved"), null=True, editable=False)
    resolution = models.TextField(_("resolution"), blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ("-last_message_at", "-id")
        constraints = [
            unique_external_id("tickets_ticket"),
            unique_number("tickets_ticket"),
            models.CheckConstraint(
                condition=~Q(status=TicketStatus.RESOLVED) | Q(resolved_at__isnull=False),
                name="tickets_ticket_resolved_when",
            ),
            models.CheckConstraint(
                condition=Q(status=TicketStatus.CLOSED, closed_at__isnull=False)
                | (~Q(status=TicketStatus.CLOSED) & Q(closed_at=None)),
                name="tickets_ticket_closed_when",
            ),
        ]
        indexes = [
            models.Index("company", F("last_message_at").desc(), F("id").desc(), name="tickets_ticket_by_talk"),
            models.Index(
                "company",
                F("last_message_at").desc(),
                F("id").desc(),
                condition=IS_OPEN,
                name="tickets_ticket_open_by_talk",
            ),
            models.Index("company", "assignee", condition=IS_OPEN, name="tickets_ticket_open_assignee"),
            models.Index(
                "company", "unanswered_since", condition=Q(unanswered_since__isnull=False), name="tickets_unanswered"
            ),
            models.Index("company", "resolved_at", condition=Q(resolved_at__isnull=False), name="tickets_by_resolved"),
            models.Index("party", F("id").desc(), name="tickets_ticket_by_party"),
        ]
        triggers = [
            *searchable(
                title="number",
                subtitle="subject",
                words=(
                    "subject",
                    "(SELECT p.name FROM parties_party p WHERE p.id = NEW.party_id)",
                    "description",
                ),
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Not settled yet."""
        return self.status in OPEN_STATUSES


class TicketMessage(Fact):
    """A word in a ticket, or a mark at which its course turned. Never changed: what was said was said.

    :ivar author: who of us wrote it, or wrote down what the customer said.
    :ivar sender: who of the customer said it.
    :ivar external_id: its name where it came from (a form, a mail's id), so that it is taken in once.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, verbose_name=_("ticket"), related_name="messages")
    kind = models.CharField(_("kind"), max_length=10, choices=MessageKind)
    text = models.TextField(_("text"), blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("author"), related_name="+"
    )
    sender = models.ForeignKey(Party, models.PROTECT, null=True, verbose_name=_("from"), related_name="+")
    channel = models.CharField(_("by"), max_length=10, choices=TicketChannel, blank=True)
    at = models.DateTimeField(_("at"))
    external_id = models.CharField(_("external id"), max_length=120, blank=True)

    class Meta(Fact.Meta):
        verbose_name = _("ticket message")
        verbose_name_plural = _("ticket messages")
        ordering = ("-at", "-id")
        constraints = [
            unique_external_id("tickets_ticketmessage"),
            models.CheckConstraint(
                condition=~Q(kind__in=[kind.value for kind in SPOKEN]) | ~Q(text=""), name="tickets_message_says_it"
            ),
        ]
        indexes = [models.Index("ticket", F("at").desc(), F("id").desc(), name="tickets_message_of_ticket")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.ticket}"


class AnswerMail(CompanyOwned):
    """The mail by which an answer leaves. Not a fact: it moves on until it is sent, and its address can be erased.

    :ivar next_try_at: when it is tried again after a failure.
    """

    message = models.OneToOneField(TicketMessage, models.PROTECT, verbose_name=_("answer"), related_name="mail")
    address = models.EmailField(_("mail address"), max_length=250)
    status = models.CharField(_("status"), max_length=8, choices=MailStatus, default=MailStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    error = models.CharField(_("what went wrong"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("answer's mail")
        verbose_name_plural = _("answers' mails")
        ordering = ("-id",)
        indexes = [
            models.Index("next_try_at", condition=Q(status=MailStatus.WAITING), name="tickets_mail_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.get_status_display()}"
