"""Filters of leads."""

import django_filters
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.company.models import Team
from core.ui.filters import DayFilter, RecordFilter, ResourceFilterSet, WordsFilter
from crm.contacts.filters import ActivityFilter
from crm.leads.enums import DisqualifyReason, LeadStatus
from crm.leads.models import CaptureForm, Lead


class LeadFilter(ResourceFilterSet):
    status = WordsFilter(choices=LeadStatus.choices, label=_("Status"))
    owner = RecordFilter(queryset=User.objects.all(), label=_("Owner"))
    team = RecordFilter(queryset=Team.objects.all(), label=_("Team"))
    activity = ActivityFilter(field_name="next_activity_at")
    source = django_filters.CharFilter(lookup_expr="icontains", label=_("Source"))
    source_is = django_filters.CharFilter(field_name="source", label=_("Source, exactly"))
    country = django_filters.CharFilter(lookup_expr="iexact", label=_("Country"))
    score_min = django_filters.NumberFilter(field_name="score", lookup_expr="gte", label=_("Fit from"))
    capture_form = RecordFilter(queryset=CaptureForm.objects.all(), label=_("Capture form"))
    disqualify_reason = WordsFilter(choices=DisqualifyReason.choices, label=_("Why disqualified"))
    created_at_from = DayFilter(field_name="created_at", of_moment=True, label=_("Created from"))
    created_at_to = DayFilter(field_name="created_at", of_moment=True, upper=True, label=_("Created to"))
    converted_at_from = DayFilter(field_name="converted_at", of_moment=True, label=_("Converted from"))
    converted_at_to = DayFilter(field_name="converted_at", of_moment=True, upper=True, label=_("Converted to"))

    class Meta:
        model = Lead
        fields: tuple[str, ...] = ()
