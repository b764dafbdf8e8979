"""Filters of a list, on django-filter: sensible ones from a tuple of field names, and the words people filter by
("me", "this month"), which a saved view keeps as words."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.ui.choices import scope_choices
from core.ui.widgets import RecordSelect, lookup_of

if TYPE_CHECKING:
    from core.ui.resource import Resource

_RELATIVE = re.compile(r"^(today|month_start|month_end|quarter_start|year_start|year_end)([+-][0-9]{1,4})?$")


def relative_day(word: str, today: dt.date) -> dt.date | None:
    """`today-7`, `month_start`, `year_end` … as a day; None for anything else."""
    match = _RELATIVE.match(word.strip())
    if match is None:
        return None
    name, offset = match.group(1), int(match.group(2) or 0)
    quarter = (today.month - 1) // 3 * 3 + 1
    base = {
        "today": today,
        "month_start": today.replace(day=1),
        "month_end": today.replace(day=calendar.monthrange(today.year, today.month)[1]),
        "quarter_start": today.replace(month=quarter, day=1),
        "year_start": today.replace(month=1, day=1),
        "year_end": today.replace(month=12, day=31),
    }[name]
    return base + dt.timedelta(days=offset)


class DayField(forms.DateField):
    """A day, or a word that means one."""

    def to_python(self, value: Any) -> dt.date | None:
        if isinstance(value, str) and (day := relative_day(value, timezone.localdate())):
            return day
        return super().to_python(value)


class DayWidget(forms.DateInput):
    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, str) and (day := relative_day(value, timezone.localdate())):
            value = day
        return value.isoformat() if isinstance(value, dt.date) else value


class DayFilter(django_filters.DateFilter):
    """From a day on, or up to and with it. On a moment's column the day is the reader's, from midnight to midnight, and
    written as a range of moments so that an index serves it."""

    field_class = DayField

    def __init__(self, *args: Any, upper: bool = False, of_moment: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DayWidget())
        super().__init__(*args, **kwargs)
        self.upper, self.of_moment = upper, of_moment

    def filter(self, qs: models.QuerySet[Any], value: Any) -> models.QuerySet[Any]:
        if value is None:
            return qs
        if not self.of_moment:
            return qs.filter(**{f"{self.field_name}__{'lte' if self.upper else 'gte'}": value})
        day = value + dt.timedelta(days=1) if self.upper else value
        midnight = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
        return qs.filter(**{f"{self.field_name}__{'lt' if self.upper else 'gte'}": midnight})


ANY = _("Any")
"""What a filter says that is not set."""


class YesNoFilter(django_filters.ChoiceFilter):
    """Yes, no, or not asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("choices", (("1", _("Yes")), ("0", _("No"))))
        kwargs.setdefault("empty_label", ANY)
        super().__init__(*args, **kwargs)

    def filter(self, qs: models.QuerySet[Any], value: Any) -> models.QuerySet[Any]:
        return qs if value in (None, "") else qs.filter(**{self.field_name: value == "1"})


class WordsField(forms.MultipleChoiceField):
    """Choices given as repeated parameters or as one with commas: `status=open,won`."""

    def to_python(self, value: Any) -> list[str]:
        return [word for item in super().to_python(value) for word in item.split(",") if word]


class WordsFilter(django_filters.MultipleChoiceFilter):
    field_class = WordsField

    def filter(self, qs: models.QuerySet[Any], value: Any) -> models.QuerySet[Any]:
        # One IN instead of the ORs and DISTINCT of the base class: the same rows, and an index can serve it.
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class RecordFilter(django_filters.ModelChoiceFilter):
    """One record of another model, chosen by search; `none` finds rows without one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", ANY)
        kwargs.setdefault("null_label", _("None"))
        kwargs.setdefault("null_value", "none")
        kwargs.setdefault("widget", RecordSelect(lookup=lookup_of(kwargs["queryset"].model)))
        super().__init__(*args, **kwargs)


class ResourceFilterSet(django_filters.FilterSet):
    """Base of filter sets; knows who asks, so that choices stay within what the person may see.

    Only the chosen option of a record filter is rendered; the others come by search as one types.
    """

    def __init__(self, *args: Any, caller: Any = None, **kwargs: Any) -> None:
        self.caller = caller
        super().__init__(*args, **kwargs)
        if caller is not None:
            for item in self.filters.values():
                if isinstance(item, django_filters.ModelChoiceFilter):
                    item.queryset = scope_choices(item.queryset, caller)


def filters_of(field: models.Field[Any, Any], path: str) -> dict[str, django_filters.Filter]:
    """The filters that suit a model field. A day or an amount gives two: from and to."""
    # A FilterSet is built once a process, so its labels must wait for the language of each request.
    label = field.verbose_name
    if field.many_to_one or field.one_to_one or field.many_to_many:
        target: Any = field.related_model
        return {path: RecordFilter(field_name=path, queryset=target._default_manager.all(), label=label)}
    if field.choices:
        return {path: WordsFilter(field_name=path, choices=field.flatchoices, label=label)}
    if isinstance(field, models.BooleanField):
        return {path: YesNoFilter(field_name=path, label=label)}
    if isinstance(field, models.DateField):
        return _day_filters(field, path, label)
    if isinstance(field, models.DecimalField | models.IntegerField):
        return {
            f"{path}_min": django_filters.NumberFilter(
                field_name=path, lookup_expr="gte", label=_named(_("%(field)s from"), label)
            ),
            f"{path}_max": django_filters.NumberFilter(
                field_name=path, lookup_expr="lte", label=_named(_("%(field)s to"), label)
            ),
        }
    return {path: django_filters.CharFilter(field_name=path, lookup_expr="icontains", label=label)}


def _named_now(words: Any, label: Any) -> str:
    return str(words) % {"field": label}


_named = lazy(_named_now, str)


def _day_filters(field: models.DateField[Any, Any], path: str, label: Any) -> dict[str, django_filters.Filter]:
    moment = isinstance(field, models.DateTimeField)
    return {
        f"{path}_from": DayFilter(field_name=path, of_moment=moment, label=_named(_("%(field)s from"), label)),
        f"{path}_to": DayFilter(field_name=path, of_moment=moment, upper=True, label=_named(_("%(field)s to"), label)),
    }


def field_at(model: type[models.Model], path: str) -> models.Field[Any, Any]:
    current: Any = model
    field: Any = None
    for part in path.split("__"):
        field = current._meta.get_field(part)
        current = field.related_model
    return field  # type: ignore[no-any-return]


@lru_cache(maxsize=256)
def filter_set(resource: Resource) -> type[ResourceFilterSet] | None:
    """The FilterSet class of a resource: its own, or one made from its tuple of field names."""
    declared = resource.filters
    if isinstance(declared, type):
        if not issubclass(declared, ResourceFilterSet):
            raise ImproperlyConfigured(f"{declared.__name__} must derive from core.ui.filters.ResourceFilterSet")
        return type(declared.__name__, (declared,), dict(resource.more_filters)) if resource.more_filters else declared
    members: dict[str, Any] = dict(resource.more_filters)
    for path in declared:
        try:
            members.update(filters_of(field_at(resource.model, path), path))
        except FieldDoesNotExist as error:
            raise ImproperlyConfigured(f"{resource.slug}: no field to filter by at {path!r}") from error
    members["Meta"] = type("Meta", (), {"model": resource.model, "fields": []})
    return type(f"{resource.model.__name__}FilterSet", (ResourceFilterSet,), members) if len(members) > 1 else None


def replace_me(resource: Resource, values: dict[str, list[str]], user: User) -> dict[str, list[str]]:
    """`owner=me` as the person's id, for every filter over users."""
    declared = filter_set(resource)
    known: dict[str, django_filters.Filter] = declared.base_filters if declared else {}
    result = dict(values)
    for name, given in values.items():
        target = known.get(name)
        if "me" in given and isinstance(target, django_filters.ModelChoiceFilter) and target.queryset.model is User:
            result[name] = [str(user.pk) if item == "me" else item for item in given]
    return result
