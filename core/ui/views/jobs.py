"""A job's page: progress while it runs, every record's outcome, the file it made. For whoever asked for it alone."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from core.jobs.enums import OPEN_STATUSES
from core.jobs.models import JobRow, JobRun
from core.jobs.operations import cancel_job
from core.ui import registry
from core.ui.requests import is_htmx, redirect
from core.ui.views.base import SignedInView

ROWS = 500


class JobBase(SignedInView):
    def run_of(self, pk: int) -> JobRun:
        """:raises Http404: for a run of somebody else."""
        run = JobRun.objects.filter(pk=pk, company_id=self.caller.company_id, user=self.caller.user).first()
        if run is None:
            raise Http404
        return run


class JobView(JobBase):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self.run_of(pk)
        resource = registry.find(str(run.params.get("resource", "")))
        is_open = run.status in OPEN_STATUSES
        context: dict[str, Any] = {
            "run": run,
            "title": job_title(run),
            "is_open": is_open,
            "rows": [self._row(row) for row in run.rows.order_by("succeeded", "id")[:ROWS]],
            "run_url": request.path,
            "cancel_url": reverse("ui:job-cancel", args=(pk,)) if is_open else "",
            "result_url": reverse("ui:job-result", args=(pk,)) if run.result else "",
            "back_url": resource.url("list") if resource is not None else "/",
        }
        response = render(request, "ui/_job_progress.html" if is_htmx(request) else "ui/job.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response

    @staticmethod
    def _row(row: JobRow) -> dict[str, Any]:
        resource = registry.find(str(row.run.params.get("resource", "")))
        url = resource.detail_url(row.object_id) if resource is not None and row.object_id else ""
        return {"label": row.label, "succeeded": row.succeeded, "message": row.message, "url": url}


def job_title(run: JobRun) -> str:
    """What the run does, in words where its kind is known here."""
    resource = registry.find(str(run.params.get("resource", "")))
    if resource is None:
        return str(run)
    if run.kind == "ui.export":
        return _("Export of %(records)s") % {"records": resource.plural}
    action = resource.action(str(run.params.get("action", "")))
    return f"{action.label}: {resource.plural}" if action is not None else str(run)


class JobCancelView(JobBase):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self.run_of(pk)
        cancel_job(run_id=run.pk, user=self.caller.user, now=self.caller.now)
        return redirect(request, None, reverse("ui:job", args=(pk,)))


class JobResultView(JobBase):
    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        run = self.run_of(pk)
        if not run.result:
            raise Http404
        return FileResponse(run.result.open("rb"), as_attachment=True, filename=PurePath(str(run.result.name)).name)
