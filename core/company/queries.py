"""Exchange rates, the calendar day and working time, read."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from core.company.models import Company, CurrencyRate
from core.errors import InvalidInputError


def local_date(company: Company, now: dt.datetime) -> dt.date:
    """The company's calendar day at this moment: the date of what happens in it now, wherever the server or the person
    is."""
    return now.astimezone(ZoneInfo(company.time_zone)).date()


class NoRateError(InvalidInputError):
    """No exchange rate is known on or before the day."""

    code = "no_rate"


def exchange_rate(company: Company, currency_code: str, on: dt.date) -> Decimal:
    """Units of the company's currency for one unit of `currency_code`: the last known rate on or before the day, never
    interpolated.

    :raises NoRateError: when none is known yet.
    """
    if currency_code == company.currency_id:
        return Decimal(1)
    rates = CurrencyRate.objects.filter(company=company, currency_id=currency_code, date__lte=on)
    rate = rates.order_by("-date").values_list("rate", flat=True).first()
    if rate is None:
        raise NoRateError(
            _("No %(currency)s rate is known on %(date)s.") % {"currency": currency_code, "date": on},
            field="currency",
            hint=_("Enter a rate under Settings, Currency rates."),
        )
    return rate
