"""Deals on their way through a pipeline's stages."""

import datetime as dt
from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.catalog.models import TaxedLine, unique_name
from core.company.models import Currency, Team
from core.documents.facts import Fact
from core.documents.models import Record, unique_external_id
from core.documents.references import RecordRefField
from core.fields import AmountField, RateField
from core.parties.models import Party
from core.search.triggers import searchable
from crm.pipeline.enums import DealStatus, ReasonKind

PERCENT = (MinValueValidator(0), MaxValueValidator(100))


@tracked
class Pipeline(Record):
    """A way of selling, with stages of its own."""

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        ordering = ("position", "id")
        constraints = [unique_external_id("pipeline_pipeline"), unique_name("pipeline_pipeline")]

    def __str__(self) -> str:
        return self.name


@tracked
class Stage(Record):
    """A step of a pipeline.

    :ivar probability: percent with which deals of this stage are won; a deal follows it unless its own is pinned.
    :ivar days_to_rot: days after which a deal has been here longer than usual; empty means it never rots.
    """

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, verbose_name=_("pipeline"), related_name="stages")
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    probability = RateField(_("probability in percent"), default=0, validators=PERCENT)
    days_to_rot = models.PositiveSmallIntegerField(_("days allowed"), null=True, blank=True)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ("pipeline", "position", "id")
        constraints = [
            unique_external_id("pipeline_stage"),
            models.UniqueConstraint("pipeline", "name", name="pipeline_stage_name"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class CloseReason(Record):
    """Why deals are won or lost."""

    kind = models.CharField(_("for"), max_length=4, choices=ReasonKind)
    name = models.CharField(_("name"), max_length=120)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("close reason")
        verbose_name_plural = _("close reasons")
        ordering = ("kind", "name")
        constraints = [unique_external_id("pipeline_closereason"), unique_name("pipeline_closereason", "kind", "name")]

    def __str__(self) -> str:
        return self.name


def _found_by_customer() -> tuple[pgtrigger.Trigger, pgtrigger.Trigger]:
    """Deals are found by their title and by their customer's name, also one that is chosen later."""
    customer = "(SELECT p.name FROM parties_party p WHERE p.id = NEW.party_id)"
    entry, removed = searchable(title="title", subtitle=customer, words=(customer,))
    entry.operation = pgtrigger.Insert | pgtrigger.UpdateOf("title", "party_id")
    return entry, removed


@tracked
class Deal(Record):
    """A chance to sell. A party may be missing until the deal is won.

    :ivar amount: net, in `currency`; computed from the lines where there are any, else typed.
    :ivar company_amount: the amount in the company's currency, at the rate of the day it was written; what boards,
        funnels and forecasts add up.
    :ivar probability: percent; follows the stage while `probability_pinned_at` is empty.
    :ivar stage_since: when it entered its stage; the base of its age.
    :ivar last_open_stage: where it was when it was lost.
    :ivar next_activity_at: when the nearest open task, call or meeting about it is due; empty when none is planned.
    :ivar board_position: its place within the column; smaller stands higher.
    """

    title = models.CharField(_("title"), max_length=200)
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, verbose_name=_("customer"), related_name="deals"
    )
    contact = models.ForeignKey(
        Party, models.SET_NULL, null=True, blank=True, verbose_name=_("contact"), related_name="+"
    )
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, verbose_name=_("pipeline"), related_name="deals")
    stage = models.ForeignKey(Stage, models.PROTECT, verbose_name=_("stage"), related_name="deals")
    status = models.CharField(_("status"), max_length=4, choices=DealStatus, default=DealStatus.OPEN, editable=False)
    amount = AmountField(_("amount"), default=0, validators=[MinValueValidator(0)])
    currency = models.ForeignKey(Currency, models.PROTECT, verbose_name=_("currency"), related_name="+")
    company_amount = AmountField(_("amount in our currency"), default=0, editable=False)
    probability = RateField(_("probability in percent"), default=0, validators=PERCENT, editable=False)
    probability_pinned_at = models.DateTimeField(_("pinned"), null=True, blank=True, editable=False)
    probability_pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        verbose_name=_("pinned by"),
        related_name="+",
    )
    probability_note = models.CharField(_("why pinned"), max_length=250, blank=True, editable=False)
    expected_close_date = models.DateField(_("expected close"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), editable=False)
    stage_since = models.DateTimeField(_("in this stage since"), editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    close_reason = models.ForeignKey(
        CloseReason, models.PROTECT, null=True, editable=False, verbose_name=_("reason"), related_name="+"
    )
    close_note = models.CharField(_("note on the reason"), max_length=500, blank=True, editable=False)
    last_open_stage = models.ForeignKey(
        Stage, models.PROTECT, null=True, editable=False, verbose_name=_("last open stage"), related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("owner"), related_name="+"
    )
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, verbose_name=_("team"), related_name="+")
    source = models.CharField(_("source"), max_length=80, blank=True)
    campaign = RecordRefField(_("campaign"))
    next_step = models.CharField(_("next step"), max_length=250, blank=True)
    next_activity_at = models.DateTimeField(_("next activity"), null=True, blank=True, editable=False)
    notes = models.TextField(_("notes"), blank=True)
    board_position = RateField(_("place on the board"), default=Decimal(0), editable=False)

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        ordering = ("-id",)
        constraints = [
            unique_external_id("pipeline_deal"),
            models.CheckConstraint(
                condition=~Q(status=DealStatus.WON) | Q(closed_at__isnull=False), name="pipeline_deal_won_is_closed"
            ),
        ]
        indexes = [
            models.Index(
                "company",
                "stage",
                "board_position",
                "id",
                condition=Q(status="open"),
                include=("company_amount",),
                name="pipeline_deal_board",
            ),
            models.Index("company", "status", "closed_at", name="pipeline_deal_by_close"),
            models.Index("company", "owner", "status", name="pipeline_deal_by_owner"),
            models.Index("party", name="pipeline_deal_by_party"),
        ]
        triggers = [*_found_by_customer()]

    def __str__(self) -> str:
        return self.title

    @property
    def is_probability_pinned(self) -> bool:
        return self.probability_pinned_at is not None

    @property
    def weighted_amount(self) -> Decimal:
        """Company amount times probability, unrounded."""
        return self.company_amount * self.probability / 100

    def days_in_stage(self, now: dt.datetime) -> int:
        """Whole days since it entered its stage; of a closed deal, until it was closed."""
        return max(((self.closed_at or now) - self.stage_since).days, 0)


@tracked
class DealLine(TaxedLine):
    """What the deal is about, item by item; becomes the order's lines when the deal is won."""

    deal = models.ForeignKey(Deal, models.CASCADE, verbose_name=_("deal"), related_name="lines")

    class Meta(TaxedLine.Meta):
        verbose_name = _("deal line")
        verbose_name_plural = _("deal lines")
        indexes = [models.Index("deal", "position", name="pipeline_dealline_order")]


class StageLog(Fact):
    """A deal entered a stage or was closed; what it was worth then. Forecast and funnel read this, not today's deals.

    :ivar seconds: how long it had been in the stage it left.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, verbose_name=_("deal"), related_name="stage_log")
    from_stage = models.ForeignKey(Stage, models.PROTECT, null=True, verbose_name=_("from"), related_name="+")
    to_stage = models.ForeignKey(Stage, models.PROTECT, verbose_name=_("to"), related_name="entries")
    status = models.CharField(_("status"), max_length=4, choices=DealStatus)
    at = models.DateTimeField(_("at"))
    seconds = models.BigIntegerField(_("seconds in the stage before"), default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("by"), related_name="+")
    amount = AmountField(_("amount"))
    probability = RateField(_("probability"))

    class Meta(Fact.Meta):
        verbose_name = _("stage log entry")
        verbose_name_plural = _("stage log")
        ordering = ("at", "id")
        indexes = [
            models.Index("deal", "at", name="pipeline_stagelog_by_deal"),
            models.Index("company", "at", name="pipeline_stagelog_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage or '·'} → {self.to_stage}"
