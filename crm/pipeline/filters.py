"""Filters of deals."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.company.models import Team
from core.parties.models import Party
from core.ui.filters import DayFilter, RecordFilter, ResourceFilterSet, WordsFilter, YesNoFilter
from crm.contacts.filters import ActivityFilter
from crm.pipeline.enums import DealStatus
from crm.pipeline.models import CloseReason, Deal, Pipeline, Stage
from crm.pipeline.queries import deals_that_reached, rotting_deals


class RottingFilter(YesNoFilter):
    """Deals that have been in their stage too long with nothing planned."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if value in (None, ""):
            return qs
        rotting = rotting_deals(deals=Deal.objects.all()).order_by().values("pk")
        return qs.filter(pk__in=rotting) if value == "1" else qs.exclude(pk__in=rotting)


class ReachedFilter(RecordFilter):
    """Deals that came as far as a stage or further, won ones included, as the funnel counts them."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if value in (None, ""):
            return qs
        reached = deals_that_reached(value)
        return qs.filter(pipeline_id=value.pipeline_id, pk__in=reached.values("pk"))


class DealFilter(ResourceFilterSet):
    status = WordsFilter(choices=DealStatus.choices, label=_("Status"))
    owner = RecordFilter(queryset=User.objects.all(), label=_("Owner"))
    stage = RecordFilter(queryset=Stage.objects.all(), label=_("Stage"))
    reached = ReachedFilter(queryset=Stage.objects.all(), null_label=None, label=_("Came as far as"))
    party = RecordFilter(queryset=Party.objects.all(), label=_("Customer"))
    pipeline = RecordFilter(queryset=Pipeline.objects.all(), label=_("Pipeline"))
    team = RecordFilter(queryset=Team.objects.all(), label=_("Team"))
    expected_close_date_from = DayFilter(field_name="expected_close_date", label=_("Expected close from"))
    expected_close_date_to = DayFilter(field_name="expected_close_date", upper=True, label=_("Expected close to"))
    closed_at_from = DayFilter(field_name="closed_at", of_moment=True, label=_("Closed from"))
    closed_at_to = DayFilter(field_name="closed_at", of_moment=True, upper=True, label=_("Closed to"))
    opened_at_from = DayFilter(field_name="opened_at", of_moment=True, label=_("Opened from"))
    opened_at_to = DayFilter(field_name="opened_at", of_moment=True, upper=True, label=_("Opened to"))
    amount_min = django_filters.NumberFilter(field_name="amount", lookup_expr="gte", label=_("Amount from"))
    amount_max = django_filters.NumberFilter(field_name="amount", lookup_expr="lte", label=_("Amount to"))
    close_reason = RecordFilter(queryset=CloseReason.objects.all(), label=_("Reason"))
    source = django_filters.CharFilter(lookup_expr="icontains", label=_("Source"))
    activity = ActivityFilter(field_name="next_activity_at")
    rotting = RottingFilter(label=_("Rotting"))

    class Meta:
        model = Deal
        fields: tuple[str, ...] = ()
