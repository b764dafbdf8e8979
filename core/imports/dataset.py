"""What a data set declares: its tables, its parameters, and the steps that turn rows into records."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model

from core.documents.references import RecordRef
from core.imports.enums import Outcome
from core.imports.models import ImportRun, StagedRow

if TYPE_CHECKING:
    from core.access.models import User
    from core.company.models import Company

T = TypeVar("T", bound=Model)


@dataclass(frozen=True, slots=True)
class Table:
    """A source table: its file, the columns it must have, and those that identify a row.

    Two tables may read the same file, when one row makes two kinds of records.

    :ivar sort: the order in which the rows are written, where that of the file will not do.
    """

    name: str
    file: str
    key: tuple[str, ...]
    columns: tuple[str, ...] = ()
    sort: Callable[[Mapping[str, str]], Any] | None = None


@dataclass(slots=True)
class ImportContext:
    """What the steps of a run share: who imports into what, the answers, and a memory of records found so far."""

    run: ImportRun
    company: Company
    user: User | None
    now: dt.datetime
    answers: Mapping[str, Mapping[str, str]]
    asked: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    times_asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    memory: dict[str, Any] = field(default_factory=dict)
    report: list[str] = field(default_factory=list)

    def external_id(self, table: str, key: str) -> str:
        return f"{self.run.dataset}:{table}:{key}"

    def resolve(self, topic: str, value: str, known: Iterable[str]) -> str | None:
        """What a value means: itself when it is known, the answer that was given, else None, and a question is
        asked."""
        names = tuple(known)
        if value in names:
            return value
        if given := self.answers.get(topic, {}).get(value):
            return given if given in names else None
        self.asked[topic, value] = names
        self.times_asked[topic, value] += 1
        return None

    def suggestion(self, topic: str, value: str) -> str:
        """The likeliest meaning: equal but for blanks and case first, then the closest spelling."""
        names = self.asked[topic, value]
        folded = {"".join(name.split()).casefold(): name for name in names}
        found = folded.get("".join(value.split()).casefold())
        return found or next(iter(get_close_matches(value, names, n=1, cutoff=0.6)), "")

    def records(self, model: type[T], table: str) -> dict[str, T]:
        """Records of an earlier step by row key, read once a run and table."""
        name = f"{model._meta.label_lower}:{table}"
        if name not in self.memory:
            prefix = self.external_id(table, "")
            rows = model._default_manager.filter(company_id=self.company.pk, external_id__startswith=prefix)
            self.memory[name] = {row.external_id.removeprefix(prefix): row for row in rows}  # type: ignore[attr-defined]
        found: dict[str, T] = self.memory[name]
        return found


class Step(ABC):
    """Turns the rows of one table into records. A step states which rows it refuses (`check`) before any is written."""

    table: str
    batch_size = 500

    def check(self, rows: Sequence[StagedRow], context: ImportContext) -> None:  # noqa: B027 - optional
        """Refuse rows (`refuse`) and ask questions (`context.resolve`). Rows arrive as new, update or unchanged."""

    @abstractmethod
    def commit(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        """Write a batch; set `row.record` on each. Runs inside a transaction of its own."""

    @abstractmethod
    def undo(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        """Take a batch back: delete drafts and master data nobody refers to, reverse posted documents, and leave a
        `row.undo_note` on what has to stay."""

    def finish(self, context: ImportContext) -> None:  # noqa: B027 - optional
        """Called once when all rows of the step are written."""


@dataclass(frozen=True, slots=True)
class Option:
    """A parameter of a data set. `default` says its type."""

    name: str
    label: Any
    default: Any
    help: Any = ""


class Dataset(ABC):
    """A source that can be imported. Registered by code (see registry.py).

    :ivar country: with currency, chart template and first fiscal year: the company to make when there is none.
    """

    code: str
    label: Any
    country: str
    currency_code: str
    template: str
    first_year: int
    tables: tuple[Table, ...]
    options: tuple[Option, ...] = ()

    @abstractmethod
    def steps(self) -> Sequence[Step]:
        """In the order in which records need each other."""

    def proof(self, context: ImportContext) -> Sequence[str]:
        """Lines of the report that compare what the source says with what stands in the book."""
        return ()


def refuse(row: StagedRow, message: Any) -> None:
    """The row cannot be imported; say why."""
    row.outcome, row.message = Outcome.ERROR, str(message)


def made(row: StagedRow, record: Model) -> None:
    """The row has become this record."""
    row.record = RecordRef.of(record)
