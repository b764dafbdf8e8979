"""Panels of quotations, orders, deliveries and returns."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.catalog.enums import ItemKind
from core.documents.references import RecordRef
from core.ui import formats
from core.ui.panels import Panel, PanelRow, TablePanel
from core.ui.registry import url_for
from core.ui.resource import Caller
from core.ui.totals import tax_row, total_rows
from erp.invoicing.models import SalesInvoice
from erp.invoicing.panels import COUNTED
from erp.orders.enums import OrderStatus, QuotationStatus
from erp.orders.models import DeliveryLine, Quotation, QuotationLine, SalesOrder, SalesOrderLine, SalesReturn
from erp.orders.models.base import SaleDocument, SaleLine
from erp.orders.parts import reserved_parts
from erp.orders.public.links import token_of
from erp.orders.queries import compare_quotations, stock_of_lines, versions_of


def cell(value: Any, kind: str, label: str) -> SafeString:
    """One finished cell of a panel's table."""
    return format_html('<td class="cell-{}" data-label="{}">{}</td>', kind, label, value)


class SaleLinesPanel(Panel):
    """Lines with their figures and, for goods, what is free at the document's warehouse."""

    name = "lines"
    title = gettext_lazy("Lines")
    template = "ui/panels/table.html"

    def lines(self, document: SaleDocument) -> list[Any]:
        model = QuotationLine if isinstance(document, Quotation) else SalesOrderLine
        field = "quotation" if isinstance(document, Quotation) else "order"
        rows = model.objects.filter(**{field: document}).select_related("item", "unit", "tax_set")
        return list(rows.order_by("position", "id"))

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any] | None:
        lines = self.lines(obj)
        stock = {one.line.pk: one.stock for one in stock_of_lines(obj, lines)}
        further = self.further(obj, lines)
        columns: list[tuple[str, str, Callable[[Any], Any]]] = [
            (_("Item"), "link", _name),
            (_("Quantity"), "quantity", _quantity),
            (_("Unit price"), "price", lambda line: formats.price(line.unit_price)),
            *([(_("Discount"), "percent", _discount)] if any(line.discount_percent for line in lines) else []),
            (_("Tax"), "text", lambda line: line.tax_set or ""),
            *((label, "quantity", partial(_text_of, texts)) for label, texts in further.items()),
            (_("On hand"), "quantity", partial(_stock, stock, "on_hand")),
            (_("Available"), "quantity", partial(_stock, stock, "available")),
            (_("Net"), "money", lambda line: formats.money(line.net_amount, obj.currency_id)),
        ]
        return {
            "headers": [{"label": label, "css": f"cell-{kind}"} for label, kind, _read in columns],
            "rows": [
                PanelRow(SafeString("".join(cell(read(line), kind, label) for label, kind, read in columns)))
                for line in lines
            ],
            "empty_text": _("No lines yet."),
        }

    def further(self, document: Any, lines: Sequence[Any]) -> dict[str, dict[int, str]]:
        """Further columns: label → line → text."""
        return {}


def _discount(line: SaleLine) -> str:
    return formats.percent(line.discount_percent or None)


def _name(line: SaleLine) -> Any:
    if line.item is None:
        return line.description
    return format_html('<a href="{}">{}</a>', url_for(line.item), line.description or line.item)


def _quantity(line: SaleLine) -> str:
    return f"{formats.quantity(line.quantity)} {line.unit or ''}".strip()


def _text_of(texts: Mapping[int, str], line: SaleLine) -> str:
    return texts.get(line.pk, "")


def _stock(stock: Mapping[int, Any], figure: str, line: SaleLine) -> str:
    """What stock says of a line's goods; services have none."""
    found = stock.get(line.pk)
    is_goods = line.item is not None and line.item.kind != ItemKind.SERVICE
    return formats.quantity(getattr(found, figure)) if found is not None and is_goods else ""


class OrderLinesPanel(SaleLinesPanel):
    """Order lines also say what is delivered, returned, reserved and invoiced."""

    def further(self, document: SalesOrder, lines: Sequence[SalesOrderLine]) -> dict[str, dict[int, str]]:
        if document.status in (OrderStatus.DRAFT, OrderStatus.CANCELLED):
            return {}
        reserved: dict[int, Any] = {}
        for (line_id, _item), quantity in reserved_parts([line for line in lines if line.needs_delivery]).items():
            reserved[line_id] = reserved.get(line_id, 0) + quantity
        goods = [line for line in lines if line.needs_delivery]
        found = {
            _("Reserved"): {line.pk: formats.quantity(reserved.get(line.pk) or None) for line in goods},
            _("Delivered"): {line.pk: formats.quantity(line.delivered_quantity) for line in goods},
            _("Returned"): {
                line.pk: formats.quantity(line.returned_quantity) for line in goods if line.returned_quantity
            },
            _("Invoiced"): {line.pk: formats.quantity(line.invoiced_quantity) for line in lines},
        }
        return {label: texts for label, texts in found.items() if any(texts.values())}


class SaleTotalsPanel(Panel):
    """Net, freight, tax and total."""

    name = "totals"
    title = gettext_lazy("Totals")
    template = "ui/panels/totals.html"
    side = "side"

    def context(self, request: HttpRequest, obj: SaleDocument) -> Mapping[str, Any] | None:
        return {"rows": sale_totals(obj)}


def sale_totals(document: SaleDocument) -> list[dict[str, Any]]:
    """Totals of a quotation or order, with the freight that is in its net amount."""
    currency, freight = document.currency_id, document.freight_amount
    between = [{"label": _("of which freight"), "value": formats.money(freight, currency)}] if freight else []
    between.append(tax_row(document.tax_amount, currency))
    return total_rows(document.net_amount, between, document.total_amount, currency)


class VersionsPanel(Panel):
    """All versions of an offer, and what this one changed against the one before."""

    name = "versions"
    title = gettext_lazy("Versions")
    template = "orders/panels/versions.html"
    side = "side"
    lazy = True

    def applies(self, caller: Caller, obj: Quotation) -> bool:
        return obj.revision > 1 or obj.status == QuotationStatus.SUPERSEDED

    def context(self, request: HttpRequest, obj: Quotation) -> Mapping[str, Any] | None:
        versions = versions_of(obj)
        before = next((version for version in versions if version.revision == obj.revision - 1), None)
        changes = [change for change in compare_quotations(before, obj) if change.is_changed] if before else []
        return {
            "versions": [{"quotation": one, "url": url_for(one), "is_this": one == obj} for one in versions],
            "before": before,
            "changes": [{"before": _line_text(one.before), "after": _line_text(one.after)} for one in changes],
        }


def _line_text(line: QuotationLine | None) -> str:
    if line is None:
        return ""
    text = f"{formats.quantity(line.quantity)} {line.unit or ''} {line.description} × {formats.price(line.unit_price)}"
    return f"{text} − {formats.percent(line.discount_percent)}" if line.discount_percent else text


class CustomerLinkPanel(Panel):
    """The customer's page of a sent quotation, and what the customer answered there."""

    name = "customer_link"
    title = gettext_lazy("Customer's page")
    template = "orders/panels/customer_link.html"
    side = "side"

    def applies(self, caller: Caller, obj: Quotation) -> bool:
        return obj.status != QuotationStatus.DRAFT

    def context(self, request: HttpRequest, obj: Quotation) -> Mapping[str, Any] | None:
        page = reverse("orders:quotation", args=[token_of(obj)])
        return {
            "page_url": request.build_absolute_uri(page) if obj.status == QuotationStatus.SENT else "",
            "pdf_url": reverse("orders:quotation-pdf", args=[token_of(obj)]),
        }


class OrderInvoicesPanel(TablePanel):
    """Invoices and credit notes that came out of an order."""

    name = "invoices"
    title = gettext_lazy("Invoices")
    lazy = True
    columns = ("number", "status", COUNTED)

    def rows(self, caller: Caller, obj: SalesOrder) -> QuerySet[SalesInvoice]:
        own = SalesInvoice.objects.filter(company_id=obj.company_id, **_source(obj))
        return (own | SalesInvoice.objects.filter(reverses__in=own)).order_by("pk")


class ReturnCreditsPanel(TablePanel):
    """Credit notes of a return."""

    name = "credits"
    title = gettext_lazy("Credit notes")
    columns = ("number", "document_date", "status", "total_amount")
    empty_text = gettext_lazy("Nothing of it had been invoiced.")

    def rows(self, caller: Caller, obj: SalesReturn) -> QuerySet[SalesInvoice]:
        return SalesInvoice.objects.filter(company_id=obj.company_id, **_source(obj)).order_by("pk")


def _source(record: Any) -> dict[str, Any]:
    ref = RecordRef.of(record)
    return {"source_label": ref.label, "source_id": ref.id}


class DeliveryLinesPanel(TablePanel):
    """What leaves, at which cost, and what became of it."""

    name = "lines"
    title = gettext_lazy("Lines")
    linked = False
    limit = 1000
    columns = ("item", "description", "quantity", "unit", "invoiced_quantity", "returned_quantity")

    def rows(self, caller: Caller, obj: Any) -> QuerySet[DeliveryLine]:
        return obj.lines.all()  # type: ignore[no-any-return]
