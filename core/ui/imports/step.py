"""The one step of an import kind: every record is tried in the dry run by the operation that will write it, and taken
back; so what the check says is what the import does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import policies
from core.errors import DomainError
from core.imports.dataset import ImportContext, Step, made, refuse
from core.imports.enums import WRITTEN, Outcome
from core.imports.models import StagedRow
from core.ui import writing
from core.ui.api import payload
from core.ui.api.problems import BadRequest, InputProblem
from core.ui.choices import has_field
from core.ui.forms import build_form
from core.ui.imports.kind import ResourceImport
from core.ui.imports.reading import Reading, RowReader, RowRefusedError, RowSkipped
from core.ui.resource import Caller

Group = list[StagedRow]


class TrialRefusedError(Exception):
    """The form or the operation refuses the row; the message says why."""


class RecordStep(Step):
    """Turns rows into records of the kind's Resource."""

    batch_size = 100

    def __init__(self, kind: ResourceImport) -> None:
        self.kind, self.table, self.groups = kind, kind.slug, kind.has_lines

    def check(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        writer = Writer(self.kind, context)
        writer.reader.prepare(rows)
        groups = [group for group in self._groups(rows) if self._is_open(group)]
        with taken_back():
            tried = [group for group in groups if writer.attempt(group)]
            writer.finish([group for group in tried if group[0].outcome in WRITTEN])
        for row in rows:
            if row.outcome not in (Outcome.UPDATE, Outcome.UNCHANGED):
                row.record = None

    def commit(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        writer = self._writer(context)
        writer.reader.prepare(rows)
        for group in self._groups(rows):
            writer.write(group)

    def finish(self, context: ImportContext) -> None:
        """What names other rows is written when all of them are there."""
        if not any(field.later for field in self.kind.fields):
            return
        writer = self._writer(context)
        rows = list(context.run.rows.filter(table=self.table, outcome__in=WRITTEN, record_id__isnull=False))
        writer.reader.prepare(rows)
        writer.finish(self._groups(rows))
        StagedRow.objects.bulk_update([row for row in rows if row.message], ["message"], batch_size=1000)

    def _writer(self, context: ImportContext) -> Writer:
        if "writer" not in context.memory:
            context.memory["writer"] = Writer(self.kind, context)
        writer: Writer = context.memory["writer"]
        return writer

    def _groups(self, rows: Sequence[StagedRow]) -> list[Group]:
        """Rows that make one record, in the order in which the first of each stands in the file."""
        if not self.groups:
            return [[row] for row in rows]
        first: dict[str, int] = {}
        for place, row in enumerate(rows):
            first.setdefault(row.key, place)
        ordered = sorted(rows, key=lambda row: first[row.key])
        return [list(group) for _key, group in groupby(ordered, key=attrgetter("key"))]

    @staticmethod
    def _is_open(group: Group) -> bool:
        """Whether anything is left to try. One bad row refuses the whole record, so that none is half written."""
        bad = next((row for row in group if row.outcome == Outcome.ERROR), None)
        if bad is None:
            return group[0].outcome != Outcome.DUPLICATE
        for row in group:
            if row is not bad:
                refuse(row, _("Row %(number)s of the same record is refused.") % {"number": bad.number})
        return False

    def undo(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        """New records go where nothing refers to them; changed ones get their old values back."""
        writer = self._writer(context)
        groups = self._groups(rows)
        before = -1
        while groups and len(groups) != before:
            # What stays because of a record that goes a moment later goes in the next round.
            before = len(groups)
            groups = [group for group in groups if not writer.take_back(group)]

    def foresee(self, rows: QuerySet[StagedRow]) -> str:
        new = rows.filter(outcome=Outcome.NEW).values("record_id").distinct().count()
        changed = rows.filter(outcome=Outcome.UPDATE).values("record_id").distinct().count()
        text = ngettext(
            "%(count)s new record is deleted, unless something refers to it.",
            "%(count)s new records are deleted, except those that something refers to.",
            new,
        ) % {"count": new}
        if not changed:
            return text
        more = ngettext(
            "%(count)s changed record gets its old values back, unless it was changed again since.",
            "%(count)s changed records get their old values back, except those changed again since.",
            changed,
        ) % {"count": changed}
        return f"{text} {more}"


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written within is rolled back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Writer:
    """Tries and writes records for one run."""

    def __init__(self, kind: ResourceImport, context: ImportContext) -> None:
        user: Any = context.user
        self.kind, self.context, self.resource = kind, context, kind.resource
        self.caller = Caller(user=user, company=context.company, now=context.now)
        self.reader = RowReader(kind, context, self.caller)
        # Nobody owns what was imported, unless the file says who: not the person who happened to import it.
        unowned = {"owner": ""} if "owner" in getattr(self.resource.form, "base_fields", {}) else {}
        self.defaults = {**unowned, **kind.defaults(self.caller, context.run.options)}

    def attempt(self, group: Group) -> bool:
        """The dry run of one record: its outcome, by doing it. :returns: whether it was tried."""
        try:
            reading = self.reader.read(group)
        except RowRefusedError as reason:
            self._refuse(group, str(reason))
            return False
        except RowSkipped:
            self._settle(group, Outcome.SKIPPED, _("Left out, as answered."))
            return False
        if reading.is_waiting:
            return False
        record = self.record_of(group, reading)
        if record is not None:
            self._try_update(group, reading, record)
        else:
            self._try_create(group, reading)
        return True

    def _try_create(self, group: Group, reading: Reading) -> None:
        lookalike = next(iter(self.kind.lookalikes(self.caller, reading.values)), None)
        try:
            if lookalike is None:
                self._settle(group, Outcome.NEW, record=self.create(reading))
                return
            with taken_back():
                self.create(reading)
        except TrialRefusedError as reason:
            self._refuse(group, str(reason))
            return
        text = _("May be the same as %(record)s: %(reason)s.")
        self._settle(group, Outcome.DUPLICATE, text % {"record": lookalike.title, "reason": lookalike.reason})
        for row in group:
            row.can_create = True

    def _try_update(self, group: Group, reading: Reading, record: Any) -> None:
        is_known = all(row.outcome == Outcome.UNCHANGED for row in group)
        if is_known or not self.differs(reading, record):
            self._settle(group, Outcome.UNCHANGED, record=record)
            return
        try:
            with taken_back():
                self.update(reading.body, record)
        except TrialRefusedError as reason:
            self._refuse(group, str(reason))
            return
        self._settle(group, Outcome.UPDATE, record=record)

    def record_of(self, group: Group, reading: Reading) -> Any:
        """The record that the rows are about already: by external id, by its natural name, or by an earlier import."""
        visible = policies.scoped(self.caller.user, self.resource.queryset(), "view", self.caller.company_id)
        if reading.external_id and has_field(self.resource.model, "external_id"):
            found = visible.filter(external_id=reading.external_id).first()
            if found is not None:
                return found
        name = self.kind.natural
        if name and reading.values.get(name):
            return visible.filter(**{name: reading.values[name]}).first()
        earlier = group[0].record if not reading.external_id else None
        return visible.filter(pk=earlier.id).first() if earlier is not None else None

    def create(self, reading: Reading) -> Any:
        """:raises TrialRefusedError: with the form's or the operation's words."""
        if not self.kind.may_import(self.caller):
            raise TrialRefusedError(_("Your role does not include this."))
        body = {**self.defaults, **reading.body}
        record = self._judged(lambda: self._created(body, reading.external_id))
        self.reader.remember(record)
        return record

    def _created(self, body: dict[str, Any], external_id: str) -> Any:
        values, lines = payload.read_record(self.resource, self.caller, body)
        return writing.create(self.resource, self.caller, values, lines, external_id=external_id)[0]

    def update(self, body: dict[str, Any], record: Any) -> Any:
        """:raises TrialRefusedError: with the form's or the operation's words."""
        if not policies.may(self.caller.user, "change", record, self.caller.company_id):
            raise TrialRefusedError(_("Your role does not include changing %(record)s.") % {"record": record})
        if not self.resource.can_update or not self.resource.editable(record):
            raise TrialRefusedError(_("%(record)s cannot be changed any more.") % {"record": record})
        return self._judged(lambda: self._updated(body, record))

    def _updated(self, body: dict[str, Any], record: Any) -> Any:
        values, lines = payload.read_record(self.resource, self.caller, body, record=record, partial=True)
        return writing.update(self.resource, self.caller, record, values, lines)

    def _judged(self, act: Any) -> Any:
        try:
            return act()
        except InputProblem as problem:
            raise TrialRefusedError("; ".join(self._worded(error) for error in problem.errors)) from problem
        except BadRequest as problem:
            raise TrialRefusedError(problem.message) from problem
        except DomainError as refusal:
            raise TrialRefusedError(str(refusal)) from refusal

    def _worded(self, error: dict[str, Any]) -> str:
        name = str(error["field"]).rpartition(".")[2]
        field = self.kind.all_fields.get(name)
        return f"{self.kind.label_of(field)}: {error['message']}" if field is not None else str(error["message"])

    def old_values(self, names: Iterable[str], record: Any) -> dict[str, Any]:
        """What the record's form says now, as it could be sent back."""
        form = build_form(self.resource.form_class, self.caller, record=record, initial=self.resource.initial(record))
        data = payload.form_data(form, {}, fill=True)
        return {name: as_json(data.get(name, "")) for name in names if name in form.fields}

    def differs(self, reading: Reading, record: Any) -> bool:
        """Whether any given value is another one than the record has."""
        if reading.lines:
            return True
        form = build_form(self.resource.form_class, self.caller, record=record, initial=self.resource.initial(record))
        given = {**reading.values, **reading.later}
        return any(
            form.fields[name].has_changed(form.get_initial_for_field(form.fields[name], name), value)
            for name, value in given.items()
            if name in form.fields
        )

    def write(self, group: Group) -> None:
        """Write one record for good; a refusal leaves nothing of it."""
        try:
            reading = self.reader.read(group)
            record = self.record_of(group, reading)
            if group[0].outcome == Outcome.UPDATE and record is not None:
                before = self.old_values({**reading.values, **reading.later}, record)
                changed = self.update(reading.body, record)
                self._settle(group, Outcome.UPDATE, record=changed)
                for row in group:
                    row.before = {"values": before, "version": getattr(changed, "version", 0)}
            elif record is not None and group[0].outcome == Outcome.NEW and reading.external_id:
                self._settle(group, Outcome.UNCHANGED, record=record)
            else:
                self._settle(group, Outcome.NEW, record=self.create(reading))
        except (RowRefusedError, TrialRefusedError) as reason:
            self._refuse(group, str(reason))
        except RowSkipped:
            self._settle(group, Outcome.SKIPPED, _("Left out, as answered."))

    def finish(self, groups: Iterable[Group]) -> None:
        """Write what names other records of the file, or, in the dry run, see whether that can be done."""
        for group in groups:
            try:
                reading = self.reader.read(group)
                record = group[0].record.resolve() if group[0].record else None
                if record is None or reading.is_waiting or not reading.later:
                    continue
                if self.differs(Reading(values=reading.later), record):
                    changed = self._judged(lambda: self._updated(dict(reading.later), record))  # noqa: B023 - at once
                    if group[0].before:
                        group[0].before["version"] = changed.version
            except (RowRefusedError, TrialRefusedError) as reason:
                self._refuse(group, str(reason))

    def take_back(self, group: Group) -> bool:
        """Undo one record. :returns: whether that is settled; False when another round may help."""
        head = group[0]
        record = head.record.resolve() if head.record else None
        note = ""
        if record is not None:
            note = self._restore(head, record) if head.outcome == Outcome.UPDATE else self._remove(record)
        for row in group:
            row.undo_note = note
        return not note

    def _remove(self, record: Any) -> str:
        return self.kind.take_back(record, self.caller)

    def _restore(self, row: StagedRow, record: Any) -> str:
        before = row.before or {}
        if getattr(record, "version", 0) != before.get("version"):
            return _("%(record)s keeps its values: it was changed since.") % {"record": record}
        try:
            self.update(dict(before.get("values", {})), record)
        except TrialRefusedError as reason:
            return str(reason)
        return ""

    @staticmethod
    def _refuse(group: Group, reason: str) -> None:
        for row in group:
            refuse(row, reason)

    @staticmethod
    def _settle(group: Group, outcome: Outcome, message: str = "", record: Any = None) -> None:
        for row in group:
            row.outcome, row.message = outcome, message
            if record is not None:
                made(row, record)


def as_json(value: Any) -> Any:
    """A posted value as JSON keeps it."""
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value if isinstance(value, str | int | bool) else str(value)
