"""Files and papers of a record over the API: the same rights, limits and refusals as on its page."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import policies
from core.documents.attachments import attach_file, attachments_of, remove_attachment
from core.documents.enums import PaperState
from core.documents.models import Attachment, PrintedPaper
from core.documents.papers import PaperStanding, paper_standings, retry_paper
from core.errors import InvalidInputError, WrongStateError
from core.ui.api.parsers import FiniteJSONParser
from core.ui.api.viewsets import CompanyApi
from core.ui.record_files import paper_title
from core.ui.resource import Resource
from core.ui.submission import attempt
from core.ui.views.base import find_object
from core.ui.views.files import file_response, paper_response
from core.whole_numbers import id_in


class PaperFailedError(WrongStateError):
    """The paper could not be made; nothing is wrong with the document."""

    code = "paper_failed"


class RecordFilesViewSet(CompanyApi):
    """Files and paper of one Resource's records; router.py makes a class of it for each."""

    parser_classes = [MultiPartParser, FiniteJSONParser]
    resource: Resource

    @property
    def scope_name(self) -> str:  # type: ignore[override]
        return self.resource.slug

    def find(self, pk: str, verb: str = "view") -> Any:
        caller = self.caller
        self._require("view", self.resource.model)
        key = id_in(pk)
        if key is None:
            raise Http404
        record = find_object(self.resource, caller, key)
        self._require(verb, record)
        return record

    def _require(self, verb: str, target: Any) -> None:
        if not policies.may(self.caller.user, verb, target, self.caller.company_id):
            raise PermissionDenied(_("Your role does not include this."))

    def attachment(self, record: Any, file_id: int) -> Attachment:
        found = attachments_of(record).filter(pk=file_id).first()
        if found is None:
            raise Http404
        return found

    def list_files(self, request: Request, pk: str) -> Response:
        """The record's files, newest first."""
        return Response({"results": [represent(one) for one in attachments_of(self.find(pk))]})

    def attach(self, request: Request, pk: str) -> Response:
        """Attach one file, sent as multipart field `file`; the same file again answers the one that is there."""
        record = self.find(pk, "change")
        upload = request.FILES.get("file")
        if upload is None:
            raise InvalidInputError(_("Send the file as the multipart field file."), field="file")
        caller = self.caller
        kept = attempt(
            lambda: attach_file(
                company_id=caller.company_id, record=record, upload=upload, user=caller.user, now=caller.now
            )
        )
        location = request.build_absolute_uri(f"{request.path.rstrip('/')}/{kept.pk}/")
        return Response(represent(kept), status=HTTPStatus.CREATED, headers={"Location": location})

    def download(self, request: Request, pk: str, file_id: int) -> HttpResponseBase:
        """The file itself."""
        return file_response(self.attachment(self.find(pk), file_id))

    def remove(self, request: Request, pk: str, file_id: int) -> Response:
        """Take the file off the record; the history keeps its name."""
        found = self.attachment(self.find(pk, "change"), file_id)
        caller = self.caller
        attempt(lambda: remove_attachment(attachment_id=found.pk, user=caller.user, now=caller.now))
        return Response(represent(found))

    def read_paper(self, request: Request, pk: str) -> HttpResponseBase:
        """The document's PDF; 202 with Retry-After while it is being made, 409 when it could not be."""
        record = self.find(pk)
        standing = newest(record)
        if standing.printed is not None:
            printed = PrintedPaper.objects.get(pk=standing.printed.pk)
            return paper_response(printed, paper_title(record), download=True)
        if standing.state == PaperState.FAILED:
            raise PaperFailedError(
                _("The paper could not be made."), hint=_("POST to paper/retry/ to have it made again.")
            )
        return waiting()

    def retry(self, request: Request, pk: str) -> Response:
        """Have a paper made that could not be."""
        standing = newest(self.find(pk))
        now = self.caller.now
        attempt(lambda: retry_paper(paper_id=standing.paper.pk, now=now))
        return waiting()


def represent(attachment: Attachment) -> dict[str, Any]:
    """A file as the API answers it; its bytes are one address further."""
    return {
        "id": attachment.pk,
        "name": attachment.name,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "created_at": attachment.created_at.isoformat(),
        "created_by": attachment.created_by_id,
    }


def newest(record: Any) -> PaperStanding:
    """:raises Http404: when the document has no paper, or none yet."""
    standings = paper_standings(record)
    if not standings:
        raise Http404
    return standings[0]


def waiting() -> Response:
    return Response({"status": PaperState.WAITING.value}, status=HTTPStatus.ACCEPTED, headers={"Retry-After": "3"})
