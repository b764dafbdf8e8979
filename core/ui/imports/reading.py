"""From the texts of a row to what the form takes: numbers and days in one spelling, words as their values, names as
keys. What nobody has explained yet is asked; what is no value of its kind refuses the row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from core.imports.dataset import LEAVE_EMPTY, LEAVE_OUT, ImportContext, Question
from core.imports.enums import DateOrder, DecimalMark
from core.imports.formats import read_day, read_decimal
from core.imports.models import StagedRow
from core.ui.export import formula_plain
from core.ui.forms import build_form, prepare_fields
from core.ui.imports.kind import EXTERNAL_ID, ImportField, ResourceImport
from core.ui.imports.lookup import Lookup, fold
from core.ui.resource import Caller

YES = frozenset({"1", "yes", "y", "true", "t", "x", "on", "ja", "oui", "si", "是", "✓"})
NO = frozenset({"0", "no", "n", "false", "f", "-", "off", "nein", "non", "否"})
LIKENESS = 0.8
"""How alike a word must be to be proposed: a wrong proposal is worse than none."""


class RowRefusedError(ValueError):
    """The row says something that is no value of its field."""


class RowSkipped(Exception):  # noqa: N818 - no error: it was answered that the row stays out
    """An answer leaves the row out."""


@dataclass(slots=True)
class Reading:
    """What the rows of one record say.

    :ivar values: by form field; `lines` the same for each line; `later` what is written at the end.
    :ivar is_waiting: a question has to be answered first.
    """

    external_id: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    later: dict[str, Any] = field(default_factory=dict)
    is_waiting: bool = False

    @property
    def body(self) -> dict[str, Any]:
        """As a request of the API would say it."""
        return {**self.values, "lines": self.lines} if self.lines else dict(self.values)


class RowReader:
    """Reads the rows of a run for one caller."""

    def __init__(self, kind: ResourceImport, context: ImportContext, caller: Caller) -> None:
        self.kind, self.context, self.caller = kind, context, caller
        self.mark = context.run.decimal_mark or DecimalMark.POINT
        self.order = context.run.date_order or DateOrder.YMD
        self.lookups: dict[str, Lookup] = {}
        self.fields = self._form_fields()
        self.words = {f.name: dict(f.values(caller)) for f in kind.fields if f.values is not None}

    def _form_fields(self) -> dict[str, forms.Field]:
        """Form fields with the choices that this caller has."""
        head = build_form(self.kind.resource.form_class, self.caller).fields
        found: dict[str, forms.Field] = {}
        line: Mapping[str, forms.Field] = {}
        if self.kind.has_lines:
            made: Any = self.kind.resource.line_form.form()
            prepare_fields(made, self.caller, first_options=0)
            prepare = getattr(made, "prepare", None)
            if prepare is not None:
                prepare(self.caller, None)
            line = made.fields
        for declared in self.kind.fields:
            found[declared.name] = (line if declared.line else head)[declared.name]
        return found

    def prepare(self, rows: Iterable[StagedRow]) -> None:
        """Read what the rows refer to, all at once."""
        texts: dict[str, set[str]] = {}
        for row in rows:
            for name, text in row.data.items():
                if isinstance(self.fields.get(name), forms.ModelChoiceField) and text:
                    texts.setdefault(name, set()).add(text)
        for name, found in texts.items():
            answers = self.context.answers.get(self.topic(name), {})
            self.lookup(name).load(found | set(answers.values()))

    def lookup(self, name: str) -> Lookup:
        if name not in self.lookups:
            behind: Any = self.fields[name]
            self.lookups[name] = Lookup(behind.queryset)
        return self.lookups[name]

    def topic(self, name: str) -> str:
        """What a question about a field's value is about; the label as it was when the run was made would change with
        the language, so it is the field's name."""
        return name

    def remember(self, record: Any) -> None:
        """A record that was written may be named by rows to come."""
        for lookup in self.lookups.values():
            if lookup.queryset.model is type(record):
                lookup.add(record)

    def read(self, rows: Sequence[StagedRow]) -> Reading:
        """The rows of one record together.

        :raises RowRefusedError: a value is none, or rows of one record disagree.
        :raises RowSkipped: an answer leaves the record out.
        """
        reading = Reading(external_id=rows[0].data.get(EXTERNAL_ID, "").strip())
        for row in rows:
            line = self._read_row(row, reading)
            if line:
                reading.lines.append(line)
        return reading

    def _read_row(self, row: StagedRow, reading: Reading) -> dict[str, Any]:
        line: dict[str, Any] = {}
        for declared in self.kind.fields:
            text = formula_plain(row.data.get(declared.name, "").strip())
            if not text:
                continue
            value = self._value(declared, text, reading)
            if value is None:
                continue
            if declared.line:
                line[declared.name] = value
                continue
            target = reading.later if declared.later else reading.values
            if target.setdefault(declared.name, value) != value:
                raise RowRefusedError(
                    _("%(field)s: the rows of this record say different things.")
                    % {"field": self.kind.label_of(declared)}
                )
        return line

    def _value(self, declared: ImportField, text: str, reading: Reading) -> Any:
        """The value, or None while it has to be asked or stays empty."""
        meant = self._answered(declared, text)
        if meant is None:
            return None
        behind: Any = self.fields[declared.name]
        if declared.name in self.words:
            return self._word(declared, text, meant, self.words[declared.name], reading)
        if isinstance(behind, forms.ModelChoiceField):
            return self._reference(declared, text, meant, reading)
        if isinstance(behind, forms.ChoiceField):
            choices: Any = behind.choices
            words = {str(label): str(value) for value, label in choices if value not in ("", None)}
            return self._word(declared, text, meant, words, reading)
        for kind, read in READERS:
            if isinstance(behind, kind):
                return read(self, declared, meant)
        return meant

    def _answered(self, declared: ImportField, text: str) -> str | None:
        """What the text means by the answers so far; None when the field stays empty.

        :raises RowSkipped: the rows that say so are left out.
        """
        answer = self.context.answers.get(self.topic(declared.name), {}).get(text, text)
        if answer == LEAVE_OUT:
            raise RowSkipped
        return None if answer == LEAVE_EMPTY else answer

    def _word(self, declared: ImportField, text: str, meant: str, words: Mapping[str, str], reading: Reading) -> Any:
        folded = {fold(value): value for value in words.values()} | {fold(word): words[word] for word in words}
        if fold(meant) in folded:
            return folded[fold(meant)]
        names: dict[str, str] = {}  # of many words for a value only the first is offered
        for word, value in words.items():
            names.setdefault(value, word)
        likely = next((names[words[word]] for word in get_close_matches(meant, words, n=1, cutoff=LIKENESS)), "")
        question = Question(tuple(names.values()), likely, can_empty=not self._required(declared), can_skip=True)
        return self._ask(declared, text, question, reading)

    def _reference(self, declared: ImportField, text: str, meant: str, reading: Reading) -> Any:
        lookup = self.lookup(declared.name)
        found = lookup.find(meant)
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise RowRefusedError(
                _("%(field)s: %(count)s records are called %(name)s; use a code.")
                % {"field": self.kind.label_of(declared), "count": len(found), "name": meant}
            )
        if (declared.name, text) in self.context.asked:
            self.context.times_asked[declared.name, text] += 1
            reading.is_waiting = True
            return None
        return self._ask(declared, text, lookup.question(text, required=self._required(declared)), reading)

    def _ask(self, declared: ImportField, text: str, question: Question, reading: Reading) -> Any:
        """Ask, and let the record wait. :returns: None, as there is no value yet."""
        if len(text) > 250:
            raise RowRefusedError(_("%(field)s: the text is too long.") % {"field": self.kind.label_of(declared)})
        self.context.ask(self.topic(declared.name), text, question)
        reading.is_waiting = True
        return None

    def _required(self, declared: ImportField) -> bool:
        return declared.required or bool(self.fields[declared.name].required)

    def number(self, declared: ImportField, text: str) -> str:
        value = read_decimal(text, self.mark)
        if value is None:
            raise RowRefusedError(
                _("%(field)s: %(value)s is not a number.")
                % {"field": self.kind.label_of(declared), "value": shown(text)}
            )
        return f"{value:f}"

    def day(self, declared: ImportField, text: str) -> str:
        value = read_day(text, self.order)
        if value is None:
            raise RowRefusedError(
                _("%(field)s: %(value)s is not a day written as %(order)s.")
                % {"field": self.kind.label_of(declared), "value": shown(text), "order": DateOrder(self.order).label}
            )
        return value.isoformat()

    def switch(self, declared: ImportField, text: str) -> bool:
        if fold(text) in YES:
            return True
        if fold(text) in NO:
            return False
        raise RowRefusedError(
            _("%(field)s: %(value)s is neither yes nor no.")
            % {"field": self.kind.label_of(declared), "value": shown(text)}
        )


READERS: tuple[tuple[type[forms.Field], Callable[[RowReader, ImportField, str], Any]], ...] = (
    (forms.BooleanField, RowReader.switch),
    (forms.DateField, RowReader.day),
    (forms.DateTimeField, RowReader.day),
    (forms.DecimalField, RowReader.number),
    (forms.IntegerField, RowReader.number),
)


def shown(text: str) -> str:
    """A value in a message, cut where it is long."""
    return text if len(text) <= 60 else f"{text[:60]}…"
