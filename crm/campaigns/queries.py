"""Figures of mailings and campaigns. Each takes the rows it is about, so that the caller's policy decides which those
are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from crm.campaigns.enums import WAITING_STATUSES, RecipientReason, RecipientStatus, TouchKind
from crm.campaigns.models import Campaign, MailingRecipient, Touch
from crm.leads.models import Lead
from crm.pipeline.enums import DealStatus
from crm.pipeline.models import Deal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientFigures:
    """What became of the mails.

    :ivar total: sent, failed, skipped and waiting together.
    :ivar waiting: not tried yet, or being sent at this moment.
    :ivar skipped: reason → people; only reasons that occur.
    :ivar unsubscribed: people who unsubscribed by one of these mails; each got it, so they count as sent too.
    """

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    skipped: Mapping[RecipientReason, int] = field(default_factory=dict)
    unsubscribed: int = 0

    @property
    def skipped_total(self) -> int:
        return sum(self.skipped.values())

    @property
    def total(self) -> int:
        return self.sent + self.failed + self.waiting + self.skipped_total

    @property
    def handled(self) -> int:
        """Of those who are to get a mail, how many have been tried."""
        return self.sent + self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignResults:
    """What a campaign brought, by the first touch: leads, their deals, and what was won, in the company's currency."""

    leads: int
    deals: int
    won: int
    won_amount: Decimal


def recipient_figures(recipients: QuerySet[MailingRecipient]) -> RecipientFigures:
    """Counted in two queries, whatever the number."""
    rows = recipients.order_by().values_list("status", "reason").annotate(count=Count("pk"))
    by_status: dict[str, int] = {}
    skipped: dict[RecipientReason, int] = {}
    for status, reason, count in rows:
        by_status[status] = by_status.get(status, 0) + count
        if status == RecipientStatus.SKIPPED:
            skipped[RecipientReason(reason)] = count
    unsubscribed = Touch.objects.filter(kind=TouchKind.UNSUBSCRIBED, recipient__in=recipients.order_by())
    return RecipientFigures(
        sent=by_status.get(RecipientStatus.SENT, 0),
        failed=by_status.get(RecipientStatus.FAILED, 0),
        waiting=sum(by_status.get(status, 0) for status in WAITING_STATUSES),
        skipped={reason: skipped[reason] for reason in RecipientReason if reason in skipped},
        unsubscribed=unsubscribed.count(),
    )


def leads_of(campaign: Campaign, leads: QuerySet[Lead]) -> QuerySet[Lead]:
    """Those of the leads that the campaign brought."""
    return leads.filter(attribution__campaign=campaign)


def deals_of(campaign: Campaign, deals: QuerySet[Deal]) -> QuerySet[Deal]:
    """Those of the deals that leads of the campaign became."""
    return deals.filter(pk__in=leads_of(campaign, Lead.objects.filter(deal__isnull=False)).values("deal"))


def campaign_results(campaign: Campaign, *, leads: QuerySet[Lead], deals: QuerySet[Deal]) -> CampaignResults:
    """Every deal counts once, whatever touched it: nothing here is multiplied by a join."""
    won = Q(status=DealStatus.WON)
    figures = deals_of(campaign, deals).aggregate(
        deals=Count("pk"), won=Count("pk", filter=won), won_amount=Sum("company_amount", filter=won)
    )
    return CampaignResults(
        leads=leads_of(campaign, leads).count(),
        deals=figures["deals"],
        won=figures["won"],
        won_amount=figures["won_amount"] or ZERO,
    )
