"""The screens and the API of imports: a file comes in, its columns are mapped, every row is tried, questions are
answered, rows are written, and all of it can be taken back. Every step is an address of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.imports.enums import WRITTEN, Outcome, RunStatus
from core.imports.models import ImportRun
from core.imports.queries import open_questions
from core.imports.registry import find_dataset, label_of
from core.ui import formats
from core.ui.actions import Action
from core.ui.imports import operations
from core.ui.imports.forms import AnswersForm, ColumnsForm, CommitForm, FormatForm, UploadForm
from core.ui.imports.panels import FilePanel, NotesPanel, ProofPanel, RowsPanel, StatePanel
from core.ui.panels import AttributesPanel
from core.ui.registry import register
from core.ui.resource import Caller, Column, Menu, PresetView, Resource, SearchIn, Step

BEFORE = (RunStatus.UPLOADED, RunStatus.STAGED, RunStatus.CHECKED)
TAKEN_IN = (RunStatus.DONE, RunStatus.COMMITTING, RunStatus.UNDOING)


def has_file(run: ImportRun) -> bool:
    """Uploaded, and not written yet."""
    return run.status in BEFORE and getattr(run, "upload", None) is not None


def is_text(run: ImportRun) -> bool:
    return has_file(run) and bool(run.upload.encoding)


def asks(run: ImportRun) -> bool:
    return run.status == RunStatus.CHECKED and open_questions(run).exists()


def is_ready(run: ImportRun) -> bool:
    if run.status == RunStatus.COMMITTING:
        return True
    if run.status != RunStatus.CHECKED or open_questions(run).exists():
        return False
    return run.rows.filter(outcome__in=(*WRITTEN, Outcome.DUPLICATE)).exists()


def can_undo(run: ImportRun) -> bool:
    return run.status in TAKEN_IN and find_dataset(run.dataset) is not None


def what_committing_does(run: ImportRun) -> list[str]:
    """Figures of what will be written and what will not."""
    said: dict[Outcome, Callable[[int], str]] = {
        Outcome.NEW: lambda n: ngettext("%s row becomes a new record.", "%s rows become new records.", n),
        Outcome.UPDATE: lambda n: ngettext("%s row changes a record.", "%s rows change records.", n),
        Outcome.UNCHANGED: lambda n: ngettext(
            "%s row is there already and stays as it is.", "%s rows are there already and stay.", n
        ),
        Outcome.DUPLICATE: lambda n: ngettext(
            "%s row is or may be a duplicate.", "%s rows are or may be duplicates.", n
        ),
        Outcome.ERROR: lambda n: ngettext("%s row is refused.", "%s rows are refused.", n),
    }
    counts = {outcome: run.rows.filter(outcome=outcome).count() for outcome in said}
    lines = [said[outcome](count) % formats.number(count) for outcome, count in counts.items() if count]
    return lines or [_t("There is nothing to write.")]


def what_undoing_does(run: ImportRun) -> list[str]:
    """What each step will take back, last step first, with the figures."""
    written = run.rows.filter(outcome__in=WRITTEN, record_id__isnull=False)
    lines = []
    dataset = find_dataset(run.dataset)
    for step in reversed(dataset.steps() if dataset is not None else ()):
        rows = written.filter(table=step.table)
        if rows.exists():
            lines.append(step.foresee(rows))
    return [*(line for line in lines if line), _t("What has to stay is listed with its reason.")]


def import_steps(run: ImportRun, caller: Caller) -> Sequence[Step]:
    """Where the import stands on its way."""
    resource = ImportResource()
    upload = getattr(run, "upload", None)
    open_count = open_questions(run).count()
    is_checked = run.status not in (RunStatus.UPLOADED, RunStatus.STAGED)
    is_written = run.status in (RunStatus.DONE, RunStatus.UNDONE, RunStatus.UNDOING)
    refused = run.rows.filter(outcome=Outcome.ERROR).count() if is_checked else 0
    mapped = run.columns.exclude(field="").count() if upload is not None else 0
    columns_url = resource.url("action", run.pk, "check") if has_file(run) else ""
    here = resource.detail_url(run.pk)
    rows = formats.number(upload.row_count) if upload is not None else formats.number(run.rows.count())
    steps = [Step(_t("File"), amount=_t("%s rows") % rows, status=run.label, url=here, done=True)]
    if upload is not None:
        steps.append(
            Step(
                _t("Columns"),
                amount=_t("%s mapped") % mapped,
                status=_t("taken over") if is_checked else "",
                url=columns_url or here,
                current=not is_checked,
                done=is_checked,
            )
        )
    steps += [
        Step(
            _t("Questions"),
            amount=_t("%s open") % open_count if is_checked else "",
            status=_t("to be answered") if open_count else (_t("none left") if is_checked else ""),
            url=resource.url("action", run.pk, "answer") if open_count else (here if is_checked else ""),
            current=bool(open_count),
            done=is_checked and not open_count,
        ),
        Step(
            _t("Dry run"),
            amount=_t("%s refused") % refused if is_checked else "",
            status=_t("every row was tried") if is_checked and not open_count else "",
            url=here if is_checked else "",
            current=is_checked and not open_count and not is_written,
            done=is_written,
        ),
        Step(
            _t("Import"),
            amount=_amount_of_import(run) if is_written else "",
            status=str(run.get_status_display()) if is_written else "",
            url=here if is_written else "",
            done=run.status == RunStatus.DONE,
            current=is_written,
        ),
    ]
    return steps


def _amount_of_import(run: ImportRun) -> str:
    """How many rows were written or, once taken back, how many undo left something of."""
    if run.status == RunStatus.UNDONE:
        return _t("%s left") % formats.number(run.rows.exclude(undo_note="").count())
    return _t("%s written") % formats.number(run.rows.filter(outcome__in=WRITTEN, record_id__isnull=False).count())


@register
class ImportResource(Resource):
    model = ImportRun
    slug = "imports"
    search = SearchIn(words=("label", "dataset"))
    menu = Menu("settings", order=70, icon="database-import")
    columns = (
        Column("label", value=str, sort="label"),
        Column("dataset", _("Kind"), value=lambda run: label_of(run.dataset)),
        "status",
        "user",
        "created_at",
        "finished_at",
    )
    filters = ("status", "user", "created_at")
    status_colors = {
        RunStatus.UPLOADED: "grey",
        RunStatus.STAGED: "grey",
        RunStatus.CHECKED: "yellow",
        RunStatus.COMMITTING: "blue",
        RunStatus.UNDOING: "blue",
        RunStatus.UNDONE: "cancelled",
    }
    form = UploadForm
    create = operations.upload_import
    update = False
    stepper = import_steps
    stepper_label = _("Steps of the import")
    detail_related = ("upload", "user", "company")
    panels = (
        StatePanel(),
        RowsPanel(),
        ProofPanel(),
        NotesPanel(),
        FilePanel(),
        AttributesPanel(side="side", fields=("user", "created_at", "finished_at", "rows_policy", "duplicates_policy")),
    )
    actions = (
        Action(
            "commit",
            _("Import"),
            operations.commit_import,
            form=CommitForm,
            when=is_ready,
            confirm=what_committing_does,
            style="primary",
            icon="database-import",
            success=_("The import is on its way or done; this page says how far it is."),
        ),
        Action(
            "answer",
            _("Answer questions"),
            operations.answer_import,
            form=AnswersForm,
            when=asks,
            style="primary",
            icon="help",
            submit_label=_("Take these answers"),
            success=_("The rows were tried again with your answers."),
        ),
        Action(
            "check",
            _("Choose columns"),
            operations.check_import,
            form=ColumnsForm,
            when=has_file,
            style="primary",
            icon="columns",
            submit_label=_("Try every row"),
            success=_("Every row was tried; nothing has been written yet."),
        ),
        Action(
            "reread",
            _("Read the file differently"),
            operations.reread_import,
            form=FormatForm,
            when=is_text,
            icon="settings",
            success=_("The file was read anew."),
        ),
        Action(
            "undo",
            _("Undo import"),
            operations.undo_import,
            when=can_undo,
            confirm=what_undoing_does,
            style="danger",
            icon="arrow-back-up",
            success=_("The import is being taken back or is gone; this page says what stays."),
        ),
    )
    saved_views = (PresetView("mine", _("Mine"), {"user": "me"}),)
    empty_text = _(
        "Bring in parties, items, leads, deals or orders from CSV or XLSX. Nothing is written before you say so."
    )
    api_fields = (
        "id", "dataset", "label", "status", "decimal_mark", "date_order", "rows_policy", "duplicates_policy", "options",
        "report", "user", "created_at", "finished_at",
    )  # fmt: skip

    def title(self, obj: ImportRun) -> str:
        return str(obj)

    def subtitle(self, obj: ImportRun) -> str:
        return label_of(obj.dataset)

    def landing(self, obj: Any) -> str:
        """After the upload the columns come."""
        return self.url("action", obj.pk, "check")
