"""Export of a list: at once when it is small, through a job when it is not."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from core.jobs.operations import start_job
from core.ui import export, paging
from core.ui.listing import Listing
from core.ui.requests import redirect
from core.ui.saved_views import ListSetup
from core.ui.views.base import ResourceView


class ExportView(ResourceView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        kind = request.GET.get("format", "xlsx")
        if kind not in export.TYPES:
            raise Http404
        if not self.may("export"):
            raise PermissionDenied(_("Your role does not include exporting this list."))
        setup = ListSetup(self.resource, self.caller, request.GET)
        listing = Listing(self.resource, self.caller, setup.params, verb="export", column_names=setup.column_names)
        if paging.count(listing.queryset).rows > export.INLINE_ROWS:
            return self._in_background(listing, kind)
        file, _count = export.write(listing, kind)
        return FileResponse(
            file, as_attachment=True, filename=export.file_name(listing, kind), content_type=export.TYPES[kind]
        )

    def _in_background(self, listing: Listing, kind: str) -> HttpResponseBase:
        params = {
            "resource": self.resource.slug,
            "query": listing.params.urlencode(),
            "columns": [column.name for column in listing.columns],
            "kind": kind,
        }
        run = start_job(
            "ui.export", company_id=self.caller.company_id, user=self.caller.user, now=self.caller.now, params=params
        )
        return redirect(self.request, None, reverse("ui:job", args=(run.pk,)))
