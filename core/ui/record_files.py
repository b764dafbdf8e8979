"""Two panels that every document's page has: its papers, and the files that people attached to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from core.access import policies
from core.documents.attachments import OFFICE, TEXT, attachments_of
from core.documents.enums import PaperState
from core.documents.models import Attachment, Document
from core.documents.papers import PaperStanding, paper_standings
from core.ui import registry
from core.ui.badges import Badge
from core.ui.panels import Panel
from core.ui.requests import caller_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from core.ui.resource import Caller, Resource

ACCEPTED = (".pdf", ".png", ".jpg", ".jpeg", *(f".{ending}" for ending in (*OFFICE, *TEXT)))
COLORS = {PaperState.PRINTED: "green", PaperState.WAITING: "yellow", PaperState.FAILED: "red"}


def keeps_files(resource: Resource) -> bool:
    """Whether records of this kind take files: documents do, others when their Resource says so."""
    return issubclass(resource.model, Document) if resource.files is None else resource.files


def may_attach(caller: Caller, record: Any) -> bool:
    """Whoever may change the record may attach; its state does not matter, a paid invoice still gets its proof."""
    return policies.may(caller.user, "change", record, caller.company_id)


class FilesPanel(Panel):
    """Files of the record, with a place to drop more."""

    name = "files"
    title = _("Files")
    template = "ui/panels/files.html"
    side = "side"
    last = True

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any]:
        return files_context(request, obj)


def files_context(request: HttpRequest, obj: Any) -> dict[str, Any]:
    """The record's files as the template draws them."""
    resource = registry.for_model(type(obj))
    if resource is None:
        return {"files": []}
    may_change = may_attach(caller_of(request), obj)
    found = attachments_of(obj).select_related("created_by")
    return {
        "files": [_file(resource, obj, one, may_change=may_change) for one in found],
        "upload_url": resource.url("files", obj.pk) if may_change else "",
        "accept": ",".join(ACCEPTED),
        "max_bytes": settings.ATTACHMENT_MAX_BYTES,
        "max_size": filesizeformat(settings.ATTACHMENT_MAX_BYTES),
    }


def _file(resource: Resource, obj: Any, one: Attachment, *, may_change: bool) -> dict[str, Any]:
    return {
        "name": one.name,
        "url": resource.url("file", obj.pk, one.pk),
        "size": filesizeformat(one.size),
        "user": one.created_by,
        "at": one.created_at,
        "remove_url": resource.url("file-remove", obj.pk, one.pk) if may_change else "",
    }


class PaperPanel(Panel):
    """The PDFs frozen with the document: ready, being made, or failed with a way to try again."""

    name = "paper"
    title = _("Paper")
    template = "ui/panels/paper.html"
    side = "side"

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any] | None:
        resource = registry.for_model(type(obj))
        standings = paper_standings(obj) if resource is not None else []
        if resource is None or not standings:
            return None
        waits = any(one.state == PaperState.WAITING for one in standings)
        return {
            "record_url": resource.detail_url(obj.pk),
            "papers": [_paper(resource, obj, one) for one in standings],
            "refresh_url": resource.url("panel", obj.pk, self.name) if waits else "",
        }


def _paper(resource: Resource, obj: Any, standing: PaperStanding) -> dict[str, Any]:
    return {
        "title": paper_title(obj),
        "state": standing.state.value,
        "badge": Badge(str(standing.state.label), COLORS[standing.state]),
        "attempts": standing.attempts,
        "frozen_at": standing.paper.frozen_at,
        "printed_at": standing.printed.printed_at if standing.printed else None,
        "url": resource.url("paper", obj.pk, standing.paper.pk),
        "retry_url": resource.url("paper-retry", obj.pk, standing.paper.pk),
    }


def paper_title(obj: Any) -> str:
    """The name of a paper's file: the document's number."""
    return f"{getattr(obj, 'number', None) or obj}.pdf"


def add_standard_panels(resources: Iterable[Resource]) -> None:
    """Give every Resource that keeps files its two panels; called once all are declared."""
    for resource in resources:
        if keeps_files(resource):
            papers = (PaperPanel(),) if issubclass(resource.model, Document) else ()
            resource.panels = (*resource.panels, *papers, FilesPanel())
