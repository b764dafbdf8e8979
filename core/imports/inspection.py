"""A first look at a file: its columns with samples, and how each writes numbers and days."""

from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from core.imports.formats import marks, orders
from core.imports.readers import EXTRA, TableFormat, UnreadableFileError, format_of, numbered_rows

SAMPLES = 3
REMEMBERED = 500
LONGEST = 200
"""Characters of a value that are looked at; a number or a day has far fewer."""


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
    """Read the whole file once, so that whatever is wrong with it is said before anything is kept. Holds a row at a
    time, and of each column no more than its first different values.

    :raises UnreadableFileError: it is no table, or has no rows.
    """
    written = written or format_of(path)
    columns: dict[str, Column] = {}
    count = 0
    for _number, row in numbered_rows(path, written):
        count += 1
        for name, value in row.items():
            if name != EXTRA:
                if name not in columns:
                    columns[name] = Column(name)
                columns[name].look(value.strip())
    if not count:
        raise UnreadableFileError(_("The file has no rows below its header."), field="file")
    return Inspection(written, count, [column.facts() for column in columns.values()])


class Column:
    """What has been seen of a column so far."""

    def __init__(self, name: str) -> None:
        self.name, self.has_marks = name, False
        self.marks, self.orders = marks(), orders()
        # Remembered so that a word which stands in every row counts once; beyond these many it hardly matters.
        self._seen: dict[str, None] = {}

    def look(self, value: str) -> None:
        if not value or value in self._seen:
            return
        if len(self._seen) < REMEMBERED and len(value) <= LONGEST:
            self._seen[value] = None
        elif len(self._seen) < SAMPLES:
            self._seen[value[:LONGEST]] = None
        self.has_marks = self.has_marks or "." in value or "," in value
        for narrowing in (self.marks, self.orders):
            if not narrowing.is_hopeless:
                narrowing.look(value[:LONGEST])

    def facts(self) -> ColumnFacts:
        found = self.marks.found if self.has_marks else set()
        return ColumnFacts(self.name, list(self._seen)[:SAMPLES], found, self.orders.found)
