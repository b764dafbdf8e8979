"""Filters of tasks and of records with a next activity."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.parties.models import Party
from core.ui.filters import DayFilter, RecordFilter, ResourceFilterSet, WordsFilter, YesNoFilter
from crm.contacts.enums import PLANNED_KINDS, ActivityState
from crm.contacts.models import Interaction


class OpenFilter(YesNoFilter):
    """Still to do, or done."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return qs if value in (None, "") else qs.filter(done_at__isnull=value == "1")


class ActivityFilter(WordsFilter):
    """Records by the state of their next activity, from the column that holds when it is due."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=ActivityState.choices, label=_("Next activity"), **kwargs)

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if not value:
            return qs
        now, name = timezone.now(), self.field_name
        conditions = {
            ActivityState.NONE.value: Q(**{f"{name}__isnull": True}),
            ActivityState.LATE.value: Q(**{f"{name}__lt": now}),
            ActivityState.PLANNED.value: Q(**{f"{name}__gte": now}),
        }
        wanted = Q(pk__in=())
        for word in value:
            wanted |= conditions[word]
        return qs.filter(wanted)


class TaskFilter(ResourceFilterSet):
    is_open = OpenFilter(label=_("Open"))
    owner = RecordFilter(queryset=User.objects.all(), label=_("Owner"))
    kind = WordsFilter(choices=[(kind.value, kind.label) for kind in PLANNED_KINDS], label=_("Kind"))
    party = RecordFilter(queryset=Party.objects.all(), label=_("Party"))
    due_at_from = DayFilter(field_name="due_at", of_moment=True, label=_("Due from"))
    due_at_to = DayFilter(field_name="due_at", of_moment=True, upper=True, label=_("Due to"))

    class Meta:
        model = Interaction
        fields: tuple[str, ...] = ()
