"""For which days and which account a report is asked, and the times people ask for most."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.ui.filters import DayField, DayWidget
from core.ui.forms import prepare_fields
from core.ui.resource import Caller
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


class LedgerForm(DaysForm):
    """The general ledger of one account or of all."""

    account = forms.ModelChoiceField(Account.objects.filter(is_group=False), label=_("Account"), required=False)
    field_order = ("account", "date_from", "date_to")

    def prepare(self, caller: Caller) -> None:
        prepare_fields(self, caller)
        account: Any = self.fields["account"]
        account.empty_label = _("All accounts")


def presets(today: dt.date, year_start: dt.date) -> list[Preset]:
    """The times people ask for, from the present day and the present fiscal year."""
    month = today.replace(day=1)
    last_month_end = month - dt.timedelta(days=1)
    last_year_end = year_start - dt.timedelta(days=1)
    quarter = dt.date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    last_year_start = year_start.replace(year=year_start.year - 1)
    return [
        Preset(_t("This year"), year_start, today),
        Preset(_t("This quarter"), quarter, today),
        Preset(_t("This month"), month, today),
        Preset(_t("Last month"), last_month_end.replace(day=1), last_month_end),
        Preset(_t("Last year"), last_year_start, last_year_end),
    ]
