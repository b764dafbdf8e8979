"""How far back a company's facts reach."""

import datetime as dt

from django.db.models import Max, Min
from django.utils import timezone

from crm.pipeline.models import Deal
from erp.ledger.models import JournalEntry
from erp.orders.models import SalesOrder
from reporting.periods import Period, Preset, period_of


def all_time(company_id: int, today: dt.date) -> Period:
    """From the first to the last day on which something was booked, ordered or closed; without any, twelve months.

    Each end is read from an index; nothing is added up.
    """
    books = JournalEntry.objects.filter(company_id=company_id).aggregate(a=Min("entry_date"), b=Max("entry_date"))
    orders = SalesOrder.objects.filter(company_id=company_id)
    sold = orders.aggregate(a=Min("document_date"), b=Max("document_date"))
    closed = Deal.objects.filter(company_id=company_id).aggregate(a=Min("closed_at"), b=Max("closed_at"))
    days = [_day(found[end]) for found in (books, sold, closed) for end in ("a", "b") if found[end] is not None]
    if not days:
        return period_of(Preset.TWELVE_MONTHS, today, today)
    return Period(min(days), max(days), is_all=True)


def _day(moment: dt.date) -> dt.date:
    """The reader's day of a moment; a day is one already."""
    return timezone.localdate(moment) if isinstance(moment, dt.datetime) else moment
