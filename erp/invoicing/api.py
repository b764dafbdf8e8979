"""Aged receivables and payables on the API: the same queries as the pages, money as strings."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import policies
from core.ui.api.viewsets import CompanyApi
from erp.invoicing.models import OpenItem
from erp.invoicing.queries import AgedReport, AgedRow, aged_payables, aged_receivables
from erp.ledger.api import AS_OF, COMPANY, ReportApi


class AgedApi(ReportApi):
    """Base of both sides. Whoever may see open items may see their sums."""

    report: ClassVar[Callable[..., AgedReport]]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        CompanyApi.initial(self, request, *args, **kwargs)
        if not policies.may(self.caller.user, "view", OpenItem, self.caller.company_id):
            raise PermissionDenied(_("Your role does not include open items."))
        self.quantum = self.caller.company.currency.quantum

    @extend_schema(parameters=[COMPANY, AS_OF], responses={200: OpenApiTypes.OBJECT})
    def list(self, request: Request) -> Response:
        """What every party has open at the end of a day, by age; `buckets` begins with what is not due."""
        as_of = self.day("as_of") or self.day("date_to") or timezone.localdate()
        report = type(self).report(company_id=self.caller.company_id, as_of=as_of)
        rows = [{"party": row.party_id, "party_label": row.party_name, **self.figures(row)} for row in report.rows]
        return Response(
            self.framed(as_of=as_of, bounds=list(report.bounds), rows=rows, totals=self.figures(report.totals))
        )

    def figures(self, row: AgedRow) -> dict[str, Any]:
        return {
            "buckets": [self.amount(amount) for amount in row.buckets],
            "credits": self.amount(row.credits),
            "total": self.amount(row.total),
        }


class AgedReceivablesApi(AgedApi):
    report = aged_receivables


class AgedPayablesApi(AgedApi):
    report = aged_payables


urlpatterns = [
    path("reports/aged-receivables/", AgedReceivablesApi.as_view({"get": "list"}), name="report-aged-receivables"),
    path("reports/aged-payables/", AgedPayablesApi.as_view({"get": "list"}), name="report-aged-payables"),
]
