"""Which days a dashboard or report is about."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.company.models import Company
from core.ui.filters import DayField, DayWidget
from erp.ledger.queries import year_start
from reporting.periods import OF_THE_YEAR, Period, Preset, period_of
from reporting.queries import all_time


class PeriodForm(forms.Form):
    """Days that somebody chose. Both together, or the preset counts."""

    date_from = DayField(label=_("From"), widget=DayWidget(), required=False)
    date_to = DayField(label=_("To"), widget=DayWidget(), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("date_from"), cleaned.get("date_to")
        if start and end and end < start:
            self.add_error("date_to", _("The last day lies before the first."))
        return cleaned

    @property
    def chosen(self) -> Period | None:
        """The days chosen, when they make sense."""
        if not self.is_valid():
            return None
        start, end = self.cleaned_data.get("date_from"), self.cleaned_data.get("date_to")
        return Period(start, end) if start and end else None


def preset_of(asked: str) -> Preset:
    """The preset of this name; what is none means the last twelve months."""
    return Preset(asked) if asked in Preset.values and asked != Preset.CUSTOM else Preset.TWELVE_MONTHS


def days_of(preset: Preset, company: Company, today: dt.date) -> Period:
    """The days of a preset for a company, whose fiscal year is read only where it matters."""
    if preset == Preset.ALL:
        return all_time(company.pk, today)
    start = year_start(company, today) if preset in OF_THE_YEAR else today
    return period_of(preset, today, start)
