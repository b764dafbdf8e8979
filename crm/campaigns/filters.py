"""Filters of recipients, and those that leads and deals get from campaigns."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.parties.models import Party
from core.ui.filters import DayFilter, RecordFilter, ResourceFilterSet, WordsFilter, YesNoFilter
from crm.campaigns.enums import CampaignStatus, RecipientReason, RecipientStatus, TouchKind
from crm.campaigns.models import Campaign, Mailing, MailingRecipient, Touch
from crm.leads.models import Lead


class UnsubscribedFilter(YesNoFilter):
    """Whether the person unsubscribed by this mail."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if value in (None, ""):
            return qs
        by_this = Exists(Touch.objects.filter(recipient=OuterRef("pk"), kind=TouchKind.UNSUBSCRIBED))
        return qs.filter(by_this) if value == "1" else qs.exclude(by_this)


class DealCampaignFilter(RecordFilter):
    """Deals that leads of a campaign became."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if not value:
            return qs
        brought = Lead.objects.filter(deal__isnull=False, attribution__isnull=False)
        if value == self.null_value:
            return qs.exclude(pk__in=brought.values("deal"))
        return qs.filter(pk__in=brought.filter(attribution__campaign=value).values("deal"))


class CampaignFilter(ResourceFilterSet):
    status = WordsFilter(choices=CampaignStatus.choices, label=_("Status"))
    owner = RecordFilter(queryset=User.objects.all(), label=_("Owner"))
    start_date_from = DayFilter(field_name="start_date", label=_("Begins from"))
    start_date_to = DayFilter(field_name="start_date", upper=True, label=_("Begins until"))

    class Meta:
        model = Campaign
        fields: tuple[str, ...] = ()


class RecipientFilter(ResourceFilterSet):
    mailing = RecordFilter(queryset=Mailing.objects.all(), label=_("Mailing"))
    campaign = RecordFilter(queryset=Campaign.objects.all(), field_name="mailing__campaign", label=_("Campaign"))
    status = WordsFilter(choices=RecipientStatus.choices, label=_("Status"))
    reason = WordsFilter(choices=RecipientReason.choices, label=_("Why not"))
    unsubscribed = UnsubscribedFilter(label=_("Unsubscribed by this mail"))
    party = RecordFilter(queryset=Party.objects.all(), label=_("Party"))
    lead = RecordFilter(queryset=Lead.objects.all(), label=_("Lead"))
    email = django_filters.CharFilter(lookup_expr="istartswith", label=_("Mail address"))

    class Meta:
        model = MailingRecipient
        fields: tuple[str, ...] = ()
