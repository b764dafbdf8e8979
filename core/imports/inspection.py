"""A first look at a file: its columns with samples, and how each writes numbers and days."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from core.imports.formats import marks_of, orders_of
from core.imports.readers import EXTRA, TableFormat, UnreadableFileError, format_of, numbered_rows

SAMPLES = 3


@dataclass(slots=True)
class ColumnFacts:
    """What a column's values are like.

    :ivar samples: the first different values.
    :ivar marks: decimal marks under which all of them are numbers; empty when none has a mark. `orders` is the same for
        days.
    """

    name: str
    samples: list[str] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file that can be read as a table."""

    written: TableFormat
    rows: int
    columns: list[ColumnFacts]


def inspect(path: Path, written: TableFormat | None = None) -> Inspection:
    """Read the whole file once, so that whatever is wrong with it is said before anything is kept.

    :raises UnreadableFileError: it is no table, or has no rows.
    """
    written = written or format_of(path)
    values: dict[str, dict[str, None]] = {}
    count = 0
    for _number, row in numbered_rows(path, written):
        count += 1
        for name, value in row.items():
            if name != EXTRA:
                values.setdefault(name, {}).setdefault(value.strip())
    if not count:
        raise UnreadableFileError(_("The file has no rows below its header."), field="file")
    return Inspection(written, count, [_facts(name, seen) for name, seen in values.items()])


def _facts(name: str, values: Iterable[str]) -> ColumnFacts:
    known = [value for value in values if value]
    has_marks = any(sign in value for value in known for sign in ".,")
    return ColumnFacts(name, known[:SAMPLES], marks_of(known) if has_marks else set(), orders_of(known))
