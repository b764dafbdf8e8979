"""What a data set declares: its tables, its parameters, and the steps that turn rows into records."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import ngettext

from core.documents.references import RecordRef
from core.imports.enums import Outcome
from core.imports.models import ImportRun, StagedRow

if TYPE_CHECKING:
    from core.access.models import User
    from core.company.models import Company

T = TypeVar("T", bound=Model)
LEAVE_EMPTY, LEAVE_OUT = ":empty", ":skip"
"""Answers to a question that name no value: import the row without it, or not at all."""


@dataclass(frozen=True, slots=True)
class Table:
    """A source table: its file, the columns it must have, and those that identify a row.

    Two tables may read the same file, when one row makes two kinds of records.

    :ivar sort: the order in which the rows are written, where that of the file will not do.
    :ivar or_key: columns that identify a row where those of `key` are empty.
    """

    name: str
    file: str
    key: tuple[str, ...]
    columns: tuple[str, ...] = ()
    sort: Callable[[Mapping[str, str]], Any] | None = None
    or_key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a value may mean; see models.ImportQuestion.

    :ivar suggestion: the likeliest meaning; worked out from the choices when left at None.
    """

    choices: tuple[str, ...]
    suggestion: str | None = None
    is_open: bool = False
    can_empty: bool = False
    can_skip: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the source beside the same one of the book, with the address of the rows behind it."""

    label: str
    in_source: Decimal | int
    in_book: Decimal | int
    url: str = ""
    places: int = 0


@dataclass(slots=True)
class ImportContext:
    """What the steps of a run share: who imports into what, the answers, and a memory of records found so far."""

    run: ImportRun
    company: Company
    user: User | None
    now: dt.datetime
    answers: Mapping[str, Mapping[str, str]]
    asked: dict[tuple[str, str], Question] = field(default_factory=dict)
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
        self.ask(topic, value, Question(names))
        return None

    def ask(self, topic: str, value: str, question: Question) -> None:
        """Ask what a value means; one question, however many rows have it."""
        self.asked.setdefault((topic, value), question)
        self.times_asked[topic, value] += 1

    def suggestion(self, topic: str, value: str) -> str:
        """The likeliest meaning: equal but for blanks and case first, then the closest spelling."""
        question = self.asked[topic, value]
        if question.suggestion is not None:
            return question.suggestion
        folded = {"".join(name.split()).casefold(): name for name in question.choices}
        found = folded.get("".join(value.split()).casefold())
        return found or next(iter(get_close_matches(value, question.choices, n=1, cutoff=0.6)), "")

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
    groups = False
    """Rows with the same key make one record together: an order of several lines."""

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

    def foresee(self, rows: QuerySet[StagedRow]) -> str:
        """What undo will do with these rows, which have become records, said before it is done; empty when another
        step says it."""
        return ngettext(
            "%(table)s: %(count)s record is deleted, unless something refers to it.",
            "%(table)s: %(count)s records are deleted, except those that something refers to.",
            rows.count(),
        ) % {"table": self.table, "count": rows.count()}


@dataclass(frozen=True, slots=True)
class Option:
    """A parameter of a data set.

    :ivar choices: what it can be, as value and label; anything when there are none.
    """

    name: str
    label: Any
    default: Any
    help: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()


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

    def proof(self, context: ImportContext) -> Sequence[Figure]:
        """Figures of the source beside those of the book."""
        return ()

    def notes(self, context: ImportContext) -> Sequence[str]:
        """What else the report states, such as parameters that the source did not give."""
        return ()


def refuse(row: StagedRow, message: Any) -> None:
    """The row cannot be imported; say why."""
    row.outcome, row.message = Outcome.ERROR, str(message)


def made(row: StagedRow, record: Model) -> None:
    """The row has become this record."""
    row.record = RecordRef.of(record)
