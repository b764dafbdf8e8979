"""Whether a day may still change."""

import datetime as dt

from django.db import connection
from django.utils.translation import gettext_lazy as _

from erp.ledger.enums import PeriodStatus
from erp.ledger.errors import NoPeriodError, PeriodClosedError

# Held open until the transaction ends, like a posting does; those who allocate do not wait for each other.
_STATUS = """
    SELECT status FROM ledger_accountingperiod WHERE company_id = %s AND start_date <= %s AND end_date >= %s
    FOR KEY SHARE
"""


def require_open_period(company_id: int, on: dt.date) -> None:
    """What is open on a day of a closed period must stay as it was reported.

    :raises PeriodClosedError: the day's period is closed. :raises NoPeriodError: it has none.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATUS, [company_id, on, on])
        found = cursor.fetchone()
    if found is None:
        raise NoPeriodError(
            _("No accounting period holds %(date)s.") % {"date": on},
            field="effective_date",
            hint=_("Open its fiscal year under Finance, Fiscal years."),
        )
    if found[0] != PeriodStatus.OPEN:
        raise PeriodClosedError(
            _("The accounting period of %(date)s is closed.") % {"date": on},
            field="effective_date",
            hint=_("Use a date in an open period, or have the period opened again."),
        )
