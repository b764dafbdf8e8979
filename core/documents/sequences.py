"""Numbers. Drawn last in an operation and by one statement, so the lock is held as short as possible; a rollback takes
the number back, so there are no gaps."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInputError


class NumberOrderError(InvalidInputError):
    """The document's month lies before that of the last number drawn; numbers would not follow the calendar."""

    code = "number_order"


@dataclass(frozen=True, slots=True)
class NumberPlan:
    """How a kind of document is numbered.

    :ivar code: name of the sequence, one a company and year.
    :ivar pattern: `{year}` and `{number}` with a width, as in `INV-{year}-{number:05d}`.
    :ivar chronological: refuse a date in an earlier month than the last number's, where law wants numbers in order.
    """

    code: str
    pattern: str
    chronological: bool = False

    def text(self, number: int, on: dt.date) -> str:
        """How a drawn number is written."""
        return self.pattern.format(year=on.year, number=number)


DRAW = """
    INSERT INTO documents_sequence (company_id, code, year, last_number, last_date) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (company_id, code, year) DO UPDATE
    SET last_number = documents_sequence.last_number + excluded.last_number,
        last_date = greatest(documents_sequence.last_date, excluded.last_date)
    RETURNING last_number, last_date
"""


def draw_number(plan: NumberPlan, *, company_id: int, on: dt.date) -> str:
    """The next number. Must run inside the transaction that uses it.

    :raises NumberOrderError: for a chronological plan when a number with a date in a later month was drawn already.
    """
    return plan.text(draw_block(plan, company_id=company_id, on=on)[0], on)


def draw_block(plan: NumberPlan, *, company_id: int, on: dt.date, count: int = 1) -> range:
    """The next `count` numbers in a row, for documents that are posted together. `on` is the latest of their dates.

    :raises NumberOrderError: as `draw_number`.
    """
    return draw_and_read(DRAW, (), plan, company_id=company_id, on=on, count=count)[0]


def draw_and_read(
    statement: str, values: Sequence[Any], plan: NumberPlan, *, company_id: int, on: dt.date, count: int
) -> tuple[range, list[Any]]:
    """The numbers as `draw_block`, with what `statement`, which is `DRAW` and further results, answers with `values`.
    A volatile function among them looks under the number's lock, as a statement of its own would.

    :raises NumberOrderError: as `draw_number`.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [company_id, plan.code, on.year, count, on, *values])
        last_number, last_date, *read = cursor.fetchone()
    if plan.chronological and (last_date.year, last_date.month) > (on.year, on.month):
        raise NumberOrderError(
            _("A later number bears the date %(last)s; %(date)s lies in an earlier month.")
            % {"last": last_date, "date": on},
            field="document_date",
            hint=_("Use a date in that month or later."),
        )
    return range(last_number - count + 1, last_number + 1), read
