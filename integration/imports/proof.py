"""Figures of a company from its book, to be held against those of the source."""

from decimal import Decimal

from django.db.models import Sum
from django.utils import formats
from django.utils.translation import gettext as _

from core.company.models import Company
from erp.invoicing.enums import InvoiceStatus
from erp.invoicing.models import SalesInvoice, SalesInvoiceLine
from erp.ledger.models import JournalLine
from erp.orders.models import SalesOrder, SalesOrderLine


def book_figures(company: Company) -> list[str]:
    """Orders and invoices with their nets and freight, and whether the ledger balances."""
    orders = SalesOrder.objects.filter(company=company)
    order_lines = SalesOrderLine.objects.filter(company=company, is_freight=False)
    invoices = SalesInvoice.objects.filter(company=company, status=InvoiceStatus.POSTED)
    goods = SalesInvoiceLine.objects.filter(invoice__in=invoices, item__isnull=False)
    freight = SalesInvoiceLine.objects.filter(invoice__in=invoices, item__isnull=True)
    sides = JournalLine.objects.filter(company=company).aggregate(debit=Sum("debit"), credit=Sum("credit"))
    return [
        _("Orders: %(count)s with %(lines)s lines, net %(net)s, freight %(freight)s.")
        % {
            "count": orders.count(),
            "lines": order_lines.count(),
            "net": _amount(order_lines.aggregate(s=Sum("net_amount"))["s"]),
            "freight": _amount(orders.aggregate(s=Sum("freight_amount"))["s"]),
        },
        _("Invoices posted: %(count)s, net %(net)s, freight %(freight)s.")
        % {
            "count": invoices.count(),
            "net": _amount(goods.aggregate(s=Sum("net_amount"))["s"]),
            "freight": _amount(freight.aggregate(s=Sum("net_amount"))["s"]),
        },
        _("Ledger: debit %(debit)s, credit %(credit)s.")
        % {"debit": _amount(sides["debit"]), "credit": _amount(sides["credit"])},
    ]


def _amount(value: Decimal | None) -> str:
    return formats.number_format(value or 0, 2, use_l10n=True, force_grouping=True)
