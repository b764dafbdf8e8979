"""For which days and which account a report is asked, and the times people ask for most."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.ui.filters import DayField, DayWidget
from core.ui.forms import prepare_fields
from core.ui.resource import Caller
from erp.ledger.calendar import quarter_start
from erp.ledger.models import Account


@dataclass(frozen=True, slots=True)
class Preset:
    """A time with a name. Balance sheets use its last day only."""

    label: str
    date_from: dt.date
    date_to: dt.date


class DayForm(forms.Form):
    """A report at the end of a day."""

    as_of = DayField(label=_("As of"), widget=DayWidget())


class DaysForm(forms.Form):
    """A report over some days."""

    date_from = DayField(label=_("From"), widget=DayWidget())
    date_to = DayField(label=_("To"), widget=DayWidget())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("date_from"), cleaned.get("date_to")
        if start and end and end < start:
            self.add_error("date_to", _("The last day lies before the first."))
        return cleaned


class Comparison(models.TextChoices):
    """What a statement may stand beside."""

    NONE = "", _("Nothing")
    BEFORE = "before", _("The period before")
    YEAR = "year", _("The year before")


class ComparedDaysForm(DaysForm):
    """A statement over some days, beside an earlier one."""

    compare = forms.ChoiceField(label=_("Beside it"), choices=Comparison.choices, required=False)


class ComparedDayForm(DayForm):
    """A statement at the end of a day, beside that of a year or a month earlier."""

    compare = forms.ChoiceField(
        label=_("Beside it"),
        choices=[
            (Comparison.NONE.value, Comparison.NONE.label),
            (Comparison.BEFORE.value, _("The end of the month before")),
            (Comparison.YEAR.value, Comparison.YEAR.label),
        ],
        required=False,
    )


class LedgerForm(DaysForm):
    """The general ledger of one account or of all."""

    account = forms.ModelChoiceField(Account.objects.filter(is_group=False), label=_("Account"), required=False)
    field_order = ("account", "date_from", "date_to")

    def prepare(self, caller: Caller) -> None:
        prepare_fields(self, caller)
        account: Any = self.fields["account"]
        account.empty_label = _("All accounts")


ONE_DAY = dt.timedelta(days=1)


def year_earlier(day: dt.date) -> dt.date:
    """The same day of the year before; the last of February for its 29th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def days_before(date_from: dt.date, date_to: dt.date) -> tuple[dt.date, dt.date]:
    """As many days right before; whole months give way to whole months."""
    last = date_from - ONE_DAY
    if date_from.day == 1 and (date_to + ONE_DAY).day == 1:
        months = (date_to.year - date_from.year) * 12 + date_to.month - date_from.month
        number = last.year * 12 + last.month - 1 - months
        return dt.date(number // 12, number % 12 + 1, 1), last
    return last - (date_to - date_from), last


def earlier_days(compare: str, date_from: dt.date, date_to: dt.date) -> tuple[dt.date, dt.date] | None:
    """The days to compare with; None for no comparison."""
    if compare == Comparison.BEFORE:
        return days_before(date_from, date_to)
    return (year_earlier(date_from), year_earlier(date_to)) if compare == Comparison.YEAR else None


def earlier_day(compare: str, as_of: dt.date) -> dt.date | None:
    """The day to compare with; None for no comparison."""
    if compare == Comparison.BEFORE:
        return as_of.replace(day=1) - ONE_DAY
    return year_earlier(as_of) if compare == Comparison.YEAR else None


def presets(today: dt.date, year_start: dt.date) -> list[Preset]:
    """The times people ask for, from the present day and the present fiscal year."""
    month = today.replace(day=1)
    last_month_end = month - dt.timedelta(days=1)
    last_year_end = year_start - dt.timedelta(days=1)
    quarter = quarter_start(today, year_start)
    last_year_start = year_start.replace(year=year_start.year - 1)
    return [
        Preset(_t("This year"), year_start, today),
        Preset(_t("This quarter"), quarter, today),
        Preset(_t("This month"), month, today),
        Preset(_t("Last month"), last_month_end.replace(day=1), last_month_end),
        Preset(_t("Last year"), last_year_start, last_year_end),
    ]
