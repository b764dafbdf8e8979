"""Files on records: which may come in, and how they are kept."""

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _

from core.company.rollback import on_rollback
from core.documents.models import Attachment
from core.documents.records import lock_record
from core.documents.references import RecordRef
from core.errors import InvalidInputError

if TYPE_CHECKING:
    from core.access.models import User

# By content, not by name: the first bytes of every type that may come in. A type that a browser would run (HTML, SVG)
# is not among them.
SIGNATURES: dict[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "application/zip": (b"PK\x03\x04",),
}
OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
TEXT = {"txt": "text/plain", "csv": "text/csv", "md": "text/markdown"}


class FileRefusedError(InvalidInputError):
    """The file is too large or of a type that is not accepted."""

    code = "file_refused"


def sniff_type(name: str, head: bytes) -> str:
    """The content type by the first bytes, with the ending only choosing among office files and texts.

    :raises FileRefusedError: for any other content.
    """
    ending = name.rpartition(".")[2].lower()
    for content_type, starts in SIGNATURES.items():
        if head.startswith(starts):
            if content_type != "application/zip":
                return content_type
            if ending in OFFICE:
                return OFFICE[ending]
    is_text = b"\x00" not in head and not head.lstrip().startswith(b"<")
    if ending in TEXT and is_text:
        return TEXT[ending]
    raise FileRefusedError(
        _("%(name)s is not of a type that can be attached.") % {"name": name},
        field="file",
        hint=_("Attach a PDF, PNG, JPEG, office document or plain text."),
    )


def attach_file(
    *, company_id: int, record: models.Model, upload: "UploadedFile[bytes]", user: "User", now: dt.datetime
) -> Attachment:
    """Keep an uploaded file with a record. The same file on the same record is kept once.

    :raises FileRefusedError: too large, empty, or of a refused type.
    """
    size = upload.size or 0
    if not 0 < size <= settings.ATTACHMENT_MAX_BYTES:
        raise FileRefusedError(
            _("%(name)s is empty or larger than %(limit)s MB.")
            % {"name": upload.name, "limit": settings.ATTACHMENT_MAX_BYTES // 1024 // 1024},
            field="file",
            hint=_("Make it smaller, or split it."),
        )
    content = upload.read()
    name = get_valid_filename(str(upload.name))[-200:]
    content_type = sniff_type(name, content[:2048])
    digest = hashlib.sha256(content).hexdigest()
    ref = RecordRef.of(record)
    with transaction.atomic():
        same = attachments_of(record).filter(sha256=digest).first()
        if same is not None:
            return same
        upload.seek(0)
        attachment = Attachment(
            company_id=company_id, created_by=user, name=name, content_type=content_type, size=size, sha256=digest
        )
        attachment.record = ref
        attachment.file.save(f"{digest[:16]}-{name}", upload, save=False)
        on_rollback(lambda: attachment.file.storage.delete(str(attachment.file.name)))
        attachment.save()
    return attachment


def remove_attachment(*, attachment_id: int, user: "User", now: dt.datetime) -> Attachment:
    """Take a file off its record. It leaves the list; who had attached and who removed it stays readable."""
    with transaction.atomic():
        attachment = lock_record(Attachment, attachment_id)
        if attachment.removed_at is not None:
            return attachment
        attachment.removed_at, attachment.removed_by = now, user
        attachment.version += 1
        attachment.save()
    return attachment


def attachments_of(record: models.Model, *, with_removed: bool = False) -> models.QuerySet[Attachment]:
    """The record's files, newest first."""
    ref = RecordRef.of(record)
    found = Attachment.objects.filter(record_label=ref.label, record_id=ref.id)
    return found if with_removed else found.filter(removed_at=None)
