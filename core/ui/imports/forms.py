"""What the wizard asks, step by step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.imports.dataset import LEAVE_EMPTY, LEAVE_OUT
from core.imports.enums import WRITTEN, DateOrder, DecimalMark, Delimiter, DuplicatePolicy, Encoding, Outcome, RowPolicy
from core.imports.models import ImportQuestion, ImportRun
from core.imports.registry import all_datasets
from core.ui.imports.columns import DAYS, NUMBERS
from core.ui.imports.fields import TableField, TableRow
from core.ui.imports.kind import ResourceImport
from core.ui.imports.operations import MAX_UPLOAD, kind_of
from core.ui.resource import Caller

SHOWN_QUESTIONS = 100


def kinds(caller: Caller) -> list[ResourceImport]:
    """The kinds that this person may import."""
    return [kind for kind in all_datasets() if isinstance(kind, ResourceImport) and kind.may_import(caller)]


class UploadForm(forms.Form):
    """What comes, and the file."""

    dataset = forms.ChoiceField(label=_("What is in the file?"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("file"),
        widget=forms.ClearableFileInput({"accept": ".csv,.txt,.tsv,.xlsx"}),
        help_text=_(
            "CSV or XLSX with a header row, at most 20 MB and 200,000 rows. Encoding, separators and the writing of "
            "numbers and days are found out, and shown before anything is imported."
        ),
    )

    def prepare(self, caller: Caller, record: Any) -> None:
        self.fields["dataset"].choices = [(kind.code, capfirst(str(kind.label))) for kind in kinds(caller)]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD:
            raise forms.ValidationError(_("The file is larger than %s MB.") % (MAX_UPLOAD // 1024 // 1024))
        return file


class ColumnsForm(forms.Form):
    """Which column is what, and how numbers and days are written. The kind's own parameters come along."""

    groups = (
        (_("Columns"), ("columns",)),
        (_("How the file writes values"), ("decimal_mark", "date_order")),
        (_("Parameters"), ("options",)),
    )
    columns = TableField(
        template="ui/imports/columns_field.html", label=_("which column fills which field"), required=False
    )
    decimal_mark = forms.ChoiceField(label=_("fractions follow a"), required=False)
    date_order = forms.ChoiceField(label=_("days are written"), required=False)
    options = TableField(
        template="ui/imports/options_field.html", label=_("what the file does not say"), required=False
    )

    def prepare(self, caller: Caller, record: ImportRun | None) -> None:
        undecided = [("", _("as the columns show"))]
        self.fields["decimal_mark"].choices = [*undecided, *DecimalMark.choices]  # type: ignore[attr-defined]
        self.fields["date_order"].choices = [*undecided, *DateOrder.choices]  # type: ignore[attr-defined]
        kind = kind_of(record) if record is not None else None
        if record is None or kind is None:
            return
        self.initial.setdefault("decimal_mark", record.decimal_mark)
        self.initial.setdefault("date_order", record.date_order)
        self._offer_columns(record, kind)
        self._offer_options(record, kind)

    def _offer_columns(self, record: ImportRun, kind: ResourceImport) -> None:
        rows = [
            TableRow(str(column.position), column.field, {"column": column.name, "samples": column.samples})
            for column in record.columns.order_by("position")
        ]
        choices = [
            (name, kind.label_of(field), field.required, _kind_of_value(kind, name))
            for name, field in kind.all_fields.items()
        ]
        self.fields["columns"].offer(rows, choices=choices)  # type: ignore[attr-defined]

    def _offer_options(self, record: ImportRun, kind: ResourceImport) -> None:
        if not kind.options:
            del self.fields["options"]
            return
        rows = [
            TableRow(
                str(place),
                str(record.options.get(option.name, option.default)),
                {"label": option.label, "help": option.help, "choices": option.choices},
            )
            for place, option in enumerate(kind.options)
        ]
        self.fields["options"].offer(rows)  # type: ignore[attr-defined]
        self.options_of = kind.options

    def clean_options(self) -> dict[str, str] | None:
        """By name; only what the kind's declaration allows."""
        given = self.cleaned_data.get("options")
        if not given:
            return None
        found = {}
        for place, option in enumerate(getattr(self, "options_of", ())):
            value = given.get(place, str(option.default))
            if option.choices and value not in dict(option.choices):
                raise forms.ValidationError(_("%s is none of the choices.") % value)
            found[option.name] = value
        return found


def _kind_of_value(kind: ResourceImport, name: str) -> str:
    """A word about what a field takes, beside its name."""
    field = kind.form_field(kind.all_fields[name])
    if isinstance(field, NUMBERS):
        return _t("number")
    if isinstance(field, DAYS):
        return _t("day")
    if isinstance(field, forms.ModelChoiceField):
        return _t("name or code")
    return _t("yes or no") if isinstance(field, forms.BooleanField) else ""


class FormatForm(forms.Form):
    """Reading the file differently."""

    encoding = forms.ChoiceField(label=_("encoding"), choices=Encoding)
    delimiter = forms.ChoiceField(label=_("separator"), choices=Delimiter)

    def prepare(self, caller: Caller, record: ImportRun | None) -> None:
        upload = getattr(record, "upload", None) if record is not None else None
        if upload is not None:
            self.initial.setdefault("encoding", upload.encoding)
            self.initial.setdefault("delimiter", upload.delimiter)


class AnswersForm(forms.Form):
    """What values mean that nobody could resolve."""

    answers = TableField(template="ui/imports/answers_field.html", label=_("values"), required=False)

    def prepare(self, caller: Caller, record: ImportRun | None) -> None:
        if record is None:
            return
        kind = kind_of(record)
        questions = list(record.questions.filter(answer="")[:SHOWN_QUESTIONS])
        rows = [TableRow(str(q.pk), self._proposed(q), self._facts(q, kind)) for q in questions]
        left = record.questions.filter(answer="").count() - len(questions)
        self.fields["answers"].offer(rows, left=left)  # type: ignore[attr-defined]

    @staticmethod
    def _proposed(question: ImportQuestion) -> str:
        return question.suggestion

    @staticmethod
    def _facts(question: ImportQuestion, kind: ResourceImport | None) -> dict[str, Any]:
        field = kind.all_fields.get(question.topic) if kind is not None else None
        specials = [(LEAVE_EMPTY, _t("– leave the field empty"))] if question.can_empty else []
        specials += [(LEAVE_OUT, _t("– leave these rows out"))] if question.can_skip else []
        return {
            "about": kind.label_of(field) if kind is not None and field is not None else question.topic,
            "text": question.value,
            "count": question.rows,
            "choices": question.choices,
            "suggestion": question.suggestion,
            "is_open": question.is_open,
            "specials": specials,
            "key": question.pk,
        }

    def clean_answers(self) -> dict[int, str]:
        """Given ones only: what is left unanswered is asked again."""
        given = self.cleaned_data.get("answers") or {}
        return {key: text for key, text in given.items() if text}


class CommitForm(forms.Form):
    """What becomes of refused rows and of duplicates, where there are any."""

    rows_policy = forms.ChoiceField(
        label=_("refused rows"), choices=RowPolicy, widget=forms.RadioSelect, initial=RowPolicy.ALL
    )
    duplicates_policy = forms.ChoiceField(
        label=_("rows that may be duplicates"),
        choices=DuplicatePolicy,
        widget=forms.RadioSelect,
        initial=DuplicatePolicy.SKIP,
        required=False,
    )

    def prepare(self, caller: Caller, record: ImportRun | None) -> None:
        if record is None:
            return
        refused = record.rows.filter(outcome=Outcome.ERROR).count()
        good = record.rows.filter(outcome__in=WRITTEN).count()
        self.fields["rows_policy"].choices = [  # type: ignore[attr-defined]
            (RowPolicy.ALL.value, _t("All rows or none: as long as a row is refused, nothing is written")),
            (
                RowPolicy.GOOD.value,
                _t("The good rows alone (%(good)s); refused ones stay out (%(refused)s)")
                % {"good": good, "refused": refused},
            ),
        ]
        if not record.rows.filter(outcome=Outcome.DUPLICATE, can_create=True).exists():
            self.fields["duplicates_policy"].widget = forms.HiddenInput()

    def clean_duplicates_policy(self) -> str:
        return str(self.cleaned_data["duplicates_policy"] or DuplicatePolicy.SKIP)
