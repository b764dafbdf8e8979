"""The stock report on the API: the same query as the page, quantities and money as strings."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import policies
from core.ui.api.problems import BadRequest
from core.ui.api.viewsets import CompanyApi
from core.whole_numbers import id_or_nobody
from erp.inventory.models import StockLevel, Warehouse
from erp.inventory.queries import stock_report
from erp.ledger.api import COMPANY, ReportApi

AS_OF = OpenApiParameter("as_of", dt.date, description="The day at whose end stock stands; now when left out.")
WAREHOUSE = OpenApiParameter("warehouse", str, description="Id or code of one warehouse; all when left out.")


class StockOnHandApi(ReportApi):
    """Whoever may see stock levels may see their sums."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        CompanyApi.initial(self, request, *args, **kwargs)
        if not policies.may(self.caller.user, "view", StockLevel, self.caller.company_id):
            raise PermissionDenied(_("Your role does not include stock."))
        self.quantum = self.caller.company.currency.quantum

    @extend_schema(parameters=[COMPANY, AS_OF, WAREHOUSE], responses={200: OpenApiTypes.OBJECT})
    def list(self, request: Request) -> Response:
        """Quantity and value of every item; reserved, available and on order for now only."""
        as_of, warehouse = self.day("as_of"), self.warehouse()
        report = stock_report(
            company_id=self.caller.company_id, as_of=as_of, warehouse_id=warehouse.pk if warehouse else None
        )
        rows = []
        for row in report.rows:
            shown = {
                "item": row.item_id,
                "sku": row.sku,
                "name": row.name,
                "unit": row.unit,
                "on_hand": quantity(row.on_hand),
                "value": self.amount(row.value),
            }
            if row.availability is not None:
                names = ("reserved", "available", "incoming", "outgoing")
                shown |= {name: quantity(getattr(row.availability, name)) for name in names}
            rows.append(shown)
        place = warehouse.code if warehouse else None
        totals = {"value": self.amount(report.value)}
        return Response(self.framed(as_of=as_of, warehouse=place, rows=rows, totals=totals))

    def warehouse(self) -> Warehouse | None:
        """:raises BadRequest: when the company has no such warehouse."""
        wanted = self.request.query_params.get("warehouse", "")
        if not wanted:
            return None
        own = Warehouse.objects.filter(company_id=self.caller.company_id)
        found = own.filter(code=wanted).first() or own.filter(pk=id_or_nobody(wanted)).first()
        if found is None:
            raise BadRequest(
                _("There is no warehouse %(warehouse)s.") % {"warehouse": wanted[:40]},
                code="unknown_warehouse",
                field="warehouse",
            )
        return found


def quantity(value: Decimal) -> str:
    """A quantity as a string without trailing zeros."""
    return f"{value.normalize():f}" if value else "0"


urlpatterns = [path("reports/stock-on-hand/", StockOnHandApi.as_view({"get": "list"}), name="report-stock-on-hand")]
