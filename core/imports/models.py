"""Imports: what was read, what is to become of it, what became of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.company.models import CompanyOwned
from core.documents.references import RecordRefField
from core.imports.enums import (
    DateOrder,
    DecimalMark,
    Delimiter,
    DuplicatePolicy,
    Encoding,
    Outcome,
    RowPolicy,
    RunStatus,
)


class ImportRun(CompanyOwned):
    """One import of a data set (see dataset.py).

    `uploaded → staged → checked → committing → done → undoing → undone`; a run with open questions or nothing to write
    stays `checked`. A run of whole data sets by command begins as `staged`.

    :ivar options: parameters stated by the user, shown on the report (for Northwind: cost as a share of list price).
    :ivar report: what came out, as lines of text.
    :ivar decimal_mark: with date_order how the file writes numbers and days; empty while nobody has said so.
    """

    dataset = models.CharField(_("data set"), max_length=60)
    label = models.CharField(_("name"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=RunStatus, default=RunStatus.STAGED)
    options = models.JSONField(_("parameters"), default=dict)
    report = models.JSONField(_("report"), default=list)
    decimal_mark = models.CharField(_("decimal mark"), max_length=1, choices=DecimalMark, blank=True)
    date_order = models.CharField(_("days are written"), max_length=3, choices=DateOrder, blank=True)
    rows_policy = models.CharField(_("refused rows"), max_length=4, choices=RowPolicy, default=RowPolicy.ALL)
    duplicates_policy = models.CharField(
        _("duplicates"), max_length=6, choices=DuplicatePolicy, default=DuplicatePolicy.SKIP
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("imported by"), related_name="+"
    )
    created_at = models.DateTimeField(_("read"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.label or self.dataset} #{self.pk}"


class ImportFile(CompanyOwned):
    """The file of an uploaded import, kept until its rows are written or the import is forgotten.

    :ivar sha256: of its bytes, in hexadecimal digits.
    """

    run = models.OneToOneField(ImportRun, models.CASCADE, verbose_name=_("import"), related_name="upload")
    name = models.CharField(_("file"), max_length=200)
    file = models.FileField(_("file"), upload_to="imports/%Y/%m/", max_length=200)
    size = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    encoding = models.CharField(_("encoding"), max_length=10, choices=Encoding, blank=True)
    delimiter = models.CharField(_("separator"), max_length=1, choices=Delimiter, blank=True)
    row_count = models.PositiveIntegerField(_("rows"), default=0)

    class Meta:
        verbose_name = _("imported file")
        verbose_name_plural = _("imported files")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class ImportColumn(CompanyOwned):
    """A column of an uploaded file and the field it fills; the next file with this header gets the same one.

    :ivar field: name of the field; empty when the column is left out.
    :ivar samples: its first values, as they stand in the file.
    :ivar marks: decimal marks under which all its values are numbers, `orders` the orders in which they are days,
        both separated by blanks.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, verbose_name=_("import"), related_name="columns")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("column"), max_length=250)
    field = models.CharField(_("field"), max_length=60, blank=True)
    samples = models.CharField(_("examples"), max_length=250, blank=True)
    marks = models.CharField(_("decimal marks"), max_length=8, blank=True)
    orders = models.CharField(_("orders of days"), max_length=16, blank=True)

    class Meta:
        verbose_name = _("column")
        verbose_name_plural = _("columns")
        ordering = ("run", "position")
        constraints = [models.UniqueConstraint("run", "position", name="imports_column_position")]
        indexes = [models.Index("company", "name", name="imports_column_by_name")]

    def __str__(self) -> str:
        return self.name


class StagedRow(CompanyOwned):
    """One row of a source, as it was read.

    :ivar key: the row's identity in its source; with data set and table it makes the record's external id.
    :ivar can_create: of a duplicate: it only looks like a record that exists.
    :ivar before: what the record held before an update, so that undo can restore it.
    :ivar undo_note: why undo left this record alone.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, verbose_name=_("import"), related_name="rows")
    table = models.CharField(_("table"), max_length=60)
    number = models.PositiveIntegerField(_("row"))
    key = models.CharField(_("key"), max_length=120)
    data = models.JSONField(_("data"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.PENDING)
    message = models.TextField(_("message"), blank=True)
    record = RecordRefField(_("record"))
    can_create = models.BooleanField(_("can be imported all the same"), default=False)
    before = models.JSONField(_("before"), null=True, blank=True)
    undo_note = models.TextField(_("left by undo"), blank=True)

    class Meta:
        verbose_name = _("staged row")
        verbose_name_plural = _("staged rows")
        ordering = ("id",)
        indexes = [
            models.Index("run", "table", "outcome", name="imports_row_by_outcome"),
            models.Index("company", "table", "key", name="imports_row_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.number}"


class ImportQuestion(CompanyOwned):
    """A value that cannot be mapped without being told: asked, never guessed.

    :ivar choices: the values it may mean; the likeliest ones when `is_open`, and then others can be named too.
    :ivar can_empty: LEAVE_EMPTY is a possible answer, with `can_skip` also LEAVE_OUT.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, verbose_name=_("import"), related_name="questions")
    topic = models.CharField(_("about"), max_length=60)
    value = models.CharField(_("value"), max_length=250)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    suggestion = models.CharField(_("suggestion"), max_length=250, blank=True)
    choices = models.JSONField(_("choices"), default=list)
    answer = models.CharField(_("answer"), max_length=250, blank=True)
    is_open = models.BooleanField(_("others can be named"), default=False)
    can_empty = models.BooleanField(_("the field can stay empty"), default=False)
    can_skip = models.BooleanField(_("its rows can be left out"), default=False)

    class Meta:
        verbose_name = _("mapping question")
        verbose_name_plural = _("mapping questions")
        ordering = ("topic", "value")
        constraints = [models.UniqueConstraint("run", "topic", "value", name="imports_question_once")]

    def __str__(self) -> str:
        return f"{self.topic}: {self.value}"


class ImportFigure(CompanyOwned):
    """A figure of the source beside the same one of the book.

    :ivar url: where the rows stand that the book's figure is made of.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, verbose_name=_("import"), related_name="figures")
    label = models.CharField(_("figure"), max_length=200)
    in_source = models.DecimalField(_("in the file"), max_digits=24, decimal_places=8)
    in_book = models.DecimalField(_("in Onebook"), max_digits=24, decimal_places=8)
    places = models.PositiveSmallIntegerField(_("decimals"), default=0)
    url = models.CharField(_("rows"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.label

    @property
    def is_equal(self) -> bool:
        return self.in_source == self.in_book
