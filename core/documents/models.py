"""What every record and document has, numbers, attachments, frozen papers and idempotency keys."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.company.models import CompanyOwned, Currency, Team
from core.documents.facts import Fact
from core.documents.references import RecordRefField


class Record(CompanyOwned):
    """Base of master data and documents.

    `version` grows with every change and is how two editors notice each other. `external_id` is the record's name in
    another system; a second record with the same one is refused.
    """

    version = models.PositiveIntegerField(_("row version"), default=1, editable=False)
    external_id = models.CharField(_("external id"), max_length=120, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False, auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name=_("created by"),
        related_name="+",
    )
    updated_at = models.DateTimeField(_("changed"), editable=False, auto_now=True)

    class Meta:
        abstract = True


class Document(Record):
    """Base of documents. The number is drawn when the document takes effect; until then `draft_reference` names it.

    :ivar status: a TextChoices of the concrete class; assigned by operations and postings only.
    :ivar document_date: the day it bears, in the company's local calendar.
    :ivar currency: every amount of the document is in it.
    """

    number = models.CharField(_("number"), max_length=40, null=True, blank=True, editable=False)
    document_date = models.DateField(_("date"))
    currency = models.ForeignKey(Currency, models.PROTECT, verbose_name=_("currency"), related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("owner"), related_name="+"
    )
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, verbose_name=_("team"), related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number or self.draft_reference

    @property
    def draft_reference(self) -> str:
        """How a document is called before it has a number."""
        return str(_("Draft %(id)s") % {"id": self.pk})


def unique_external_id(prefix: str) -> models.UniqueConstraint:
    """The constraint every Record has; `prefix` is app and model, as in `parties_party`."""
    return models.UniqueConstraint("company", "external_id", condition=~Q(external_id=""), name=f"{prefix}_external_id")


def unique_number(prefix: str) -> models.UniqueConstraint:
    """The constraint every numbered document has."""
    return models.UniqueConstraint("company", "number", name=f"{prefix}_number")


class Sequence(CompanyOwned):
    """The last number drawn for a kind of document in a year. The row is the lock that makes numbers gapless."""

    code = models.CharField(_("code"), max_length=40)
    year = models.PositiveSmallIntegerField(_("year"))
    last_number = models.PositiveIntegerField(_("last number"), default=0)
    last_date = models.DateField(_("last date"))

    class Meta:
        verbose_name = _("number sequence")
        verbose_name_plural = _("number sequences")
        ordering = ("code", "-year")
        constraints = [models.UniqueConstraint("company", "code", "year", name="documents_sequence_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.year}: {self.last_number}"


class Attachment(Record):
    """A file that belongs to a record. Types and size are limited (see attachments.py).

    :ivar removed_at: taken off the record; the row stays, because it is part of its history, and its bytes for
        `KEEP_REMOVED_FILES_DAYS`, after which `file` is empty.
    """

    record = RecordRefField(_("record"), null=False)
    file = models.FileField(_("file"), upload_to="attachments/%Y/%m/")
    name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("removed by"),
        related_name="+",
    )

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ("-id",)
        indexes = [models.Index("record_label", "record_id", name="documents_attachment_record")]
        constraints = [unique_external_id("documents_attachment")]

    def __str__(self) -> str:
        return self.name


class FrozenPaper(Fact):
    """The data of a document's paper as it was when the document was posted. Papers are printed from this, never from
    the document, so a later change of a name or a template's wording cannot change what was sent."""

    record = RecordRefField(_("record"), null=False)
    record_label: str
    record_id: int
    template = models.CharField(_("template"), max_length=100)
    language = models.CharField(_("language"), max_length=10)
    data = models.JSONField(_("data"))
    frozen_at = models.DateTimeField(_("frozen"), auto_now_add=True)

    class Meta(Fact.Meta):
        verbose_name = _("frozen paper")
        verbose_name_plural = _("frozen papers")
        constraints = [
            models.UniqueConstraint("record_label", "record_id", "template", name="documents_paper_once"),
        ]

    def __str__(self) -> str:
        return f"{self.template} · {self.record_label} {self.record_id}"


class PrintedPaper(Fact):
    """The PDF of a frozen paper: made once, stored, never changed after."""

    paper = models.OneToOneField(FrozenPaper, models.PROTECT, verbose_name=_("paper"), related_name="printed")
    content = models.BinaryField(_("PDF"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    printed_at = models.DateTimeField(_("printed"), auto_now_add=True)

    class Meta(Fact.Meta):
        verbose_name = _("printed paper")
        verbose_name_plural = _("printed papers")

    def __str__(self) -> str:
        return f"{self.paper_id}: {self.sha256[:12]}"


class IdempotencyKey(CompanyOwned):
    """What a create answered to a key, so that the same request again answers the same. Kept for seven days."""

    scope = models.CharField(_("operation"), max_length=80)
    key = models.CharField(_("key"), max_length=120)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="+")
    fingerprint = models.CharField(_("fingerprint of the request"), max_length=64)
    record = RecordRefField(_("record"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint("company", "user", "scope", "key", name="documents_idempotency_once")]
        indexes = [models.Index("created_at", name="documents_idempotency_age")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
