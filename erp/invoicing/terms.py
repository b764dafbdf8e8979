"""Payment terms: from a total and a day to instalments."""

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from core.catalog.pricing import split_instalments
from core.parties.models import PaymentTermLine
from erp.invoicing.errors import PaymentTermError


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a total and the day it is due, in the total's currency."""

    number: int
    due_date: dt.date
    amount: Decimal


def instalments(
    lines: Sequence[PaymentTermLine], *, total: Decimal, on: dt.date, minor_units: int
) -> tuple[Instalment, ...]:
    """Split `total` by the term's lines in order of their due date; the last takes the remainder.

    Without lines everything is due on `on`, and so is a total of 0. Parts that come out as 0 are left out.

    :raises PaymentTermError: the shares do not add up to 100 percent.
    """
    if lines and sum((line.percent for line in lines), Decimal(0)) != 100:
        raise PaymentTermError(
            _("The instalments of the payment term do not add up to 100 %."),
            field="payment_term",
            hint=_("Correct the payment term under Settings, or choose another."),
        )
    if not lines or not total:
        return (Instalment(1, on, total),)
    ordered = sorted(lines, key=lambda line: due_date(line, on))
    parts = split_instalments(total, [line.percent for line in ordered], minor_units)
    due = [(due_date(line, on), part) for line, part in zip(ordered, parts, strict=True) if part]
    return tuple(Instalment(number, day, part) for number, (day, part) in enumerate(due, 1))


def due_date(line: PaymentTermLine, on: dt.date) -> dt.date:
    """The day an instalment is due for a document of the day `on`."""
    start = on
    if line.end_of_month:
        start = on.replace(day=calendar.monthrange(on.year, on.month)[1])
    return start + dt.timedelta(days=line.days)
