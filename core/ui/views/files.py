"""Files and papers of a record. Whoever sees the record reads them; whoever may change it attaches and removes."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.documents.attachments import attach_file, attachments_of, remove_attachment
from core.documents.models import Attachment, FrozenPaper, PrintedPaper
from core.documents.papers import papers_of, retry_paper
from core.errors import DomainError, InvalidInputError
from core.ui.record_files import files_context, keeps_files, paper_title
from core.ui.requests import redirect
from core.ui.submission import attempt
from core.ui.views.base import ResourceView
from core.ui.views.detail import breadcrumbs

MOST_AT_ONCE = 20


class RecordFilesView(ResourceView):
    """Base: the record within what the caller may see."""

    record: Any
    changes = True  # what a POST does here is a change of the record

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            if not keeps_files(self.resource):
                raise Http404
            self.record = self.get_object(kwargs["pk"])
            if request.method == "POST" and self.changes:
                self.require("change", self.record)
        return super().dispatch(request, *args, **kwargs)

    def home(self) -> str:
        return self.resource.detail_url(self.record.pk)

    def attachment(self, file_id: int) -> Attachment:
        """:raises Http404: for a file of another record, or one that was removed."""
        found = attachments_of(self.record).filter(pk=file_id).first()
        if found is None:
            raise Http404
        return found

    def paper(self, paper_id: int) -> FrozenPaper:
        """:raises Http404: for a paper of another record."""
        found = papers_of(self.record).filter(pk=paper_id).first()
        if found is None:
            raise Http404
        return found


class FilesView(RecordFilesView):
    """All files of a record on a page of their own, and the POST that attaches more: all of them or none."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            kept = attempt(self._attach)
        except DomainError as refusal:
            return self.show([str(refusal)], status=422)
        messages.success(request, ngettext("%d file attached.", "%d files attached.", len(kept)) % len(kept))
        return redirect(request, None, self.home())

    def _attach(self) -> list[Attachment]:
        uploads = self.request.FILES.getlist("file")
        if not 0 < len(uploads) <= MOST_AT_ONCE:
            raise InvalidInputError(_("Choose between one and %(most)d files.") % {"most": MOST_AT_ONCE}, field="file")
        return [
            attach_file(
                company_id=self.caller.company_id,
                record=self.record,
                upload=upload,
                user=self.caller.user,
                now=self.caller.now,
            )
            for upload in uploads
        ]

    def show(self, errors: list[str] | None = None, status: int = 200) -> HttpResponse:
        context = {
            "resource": self.resource,
            "object": self.record,
            "title": _("Files of %(record)s") % {"record": self.resource.title(self.record)},
            "breadcrumbs": breadcrumbs(self.resource, self.record),
            "errors": errors or [],
            **files_context(self.request, self.record),
        }
        return render(self.request, "ui/files.html", context, status=status)


class FileView(RecordFilesView):
    """One file, always as a download: what people upload is never opened as a page of ours."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int, file_id: int) -> HttpResponseBase:
        return file_response(self.attachment(file_id))


class RemoveFileView(RecordFilesView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, file_id: int) -> HttpResponse:
        found = self.attachment(file_id)
        attempt(lambda: remove_attachment(attachment_id=found.pk, user=self.caller.user, now=self.caller.now))
        messages.success(request, _("%(name)s was removed; the history still names it.") % {"name": found.name})
        return redirect(request, None, self.home())


class PaperView(RecordFilesView):
    """The stored PDF: opened beside the record, or saved with `?download=1`."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int, paper_id: int) -> HttpResponse:
        printed = PrintedPaper.objects.filter(paper=self.paper(paper_id)).first()
        if printed is None:
            raise Http404(_("This paper is still being made."))
        return paper_response(printed, paper_title(self.record), download="download" in request.GET)


class RetryPaperView(RecordFilesView):
    """Order a paper again that could not be made. It changes nothing of the document, so seeing it is enough."""

    http_method_names = ["post"]
    changes = False

    def post(self, request: HttpRequest, pk: int, paper_id: int) -> HttpResponse:
        found = self.paper(paper_id)
        attempt(lambda: retry_paper(paper_id=found.pk, now=self.caller.now))
        messages.success(request, _("The paper is being made again."))
        return redirect(request, None, self.home())


def file_response(attachment: Attachment) -> HttpResponseBase:
    """:raises Http404: when the bytes are gone from the disk."""
    try:
        stream = attachment.file.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("The file is no longer on the disk; restore it from a backup.")) from error
    answer = FileResponse(stream, as_attachment=True, filename=PurePath(attachment.name).name)
    answer["Content-Type"] = attachment.content_type
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def paper_response(printed: PrintedPaper, filename: str, *, download: bool) -> HttpResponse:
    answer = HttpResponse(bytes(printed.content), content_type="application/pdf")
    kind = "attachment" if download else "inline"
    answer["Content-Disposition"] = f'{kind}; filename="{_ascii(filename)}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["ETag"] = f'"{printed.sha256}"'
    return answer


def _ascii(filename: str) -> str:
    """Document numbers are plain; anything else becomes an underscore."""
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "_" for sign in filename)
