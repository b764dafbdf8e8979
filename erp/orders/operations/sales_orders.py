"""Writing sales orders: from a customer's word, from an accepted quotation, and their changes while they are drafts."""

import datetime as dt
from typing import Any, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.access.models import User
from core.company.queries import local_date
from core.documents.records import lock_record
from core.documents.references import RecordRef
from core.errors import WrongStateError
from erp.inventory.models import Warehouse
from erp.orders.enums import OrderStatus, QuotationStatus
from erp.orders.models import Quotation, QuotationLine, SalesOrder, SalesOrderLine
from erp.orders.operations.drafting import (
    Draft,
    Lines,
    SaleHeader,
    address_of,
    as_data,
    attach,
    currency_for,
    head_values,
    keep_sources,
    plan_delivery,
    price_draft,
    read_party,
)
from erp.orders.operations.quotations import CARRIED, LINE_CARRIED, freight_of, rewrite_head


def create_sales_order(
    *,
    company_id: int,
    party_id: int,
    lines: Lines,
    user: User | None,
    now: dt.datetime,
    document_date: dt.date | None = None,
    source: RecordRef | None = None,
    external_id: str = "",
    **header: Unpack[SaleHeader],
) -> SalesOrder:
    """Write a draft order. With a `source` there is one order only: asked again, the one that exists is the answer, and
    when a quotation of that source has been accepted, the order has that quotation's lines.

    :raises InvalidInputError: no such customer, or a line that cannot be priced or kept in stock.
    """
    with transaction.atomic():
        if source is not None:
            existing = order_of_source(company_id, source)
            if existing is not None:
                return existing
            accepted = _accepted_quotation(company_id, source)
            if accepted is not None:
                return order_quotation(accepted, user=user, now=now)
        party = read_party(company_id, party_id)
        company = party.company
        day = document_date or local_date(company, now)
        draft = price_draft(
            SalesOrderLine,
            lines,
            company=company,
            party=party,
            on=day,
            currency=currency_for(company, party, header.get("currency_id")),
            freight_amount=header.get("freight_amount"),
            freight_tax_set_id=header.get("freight_tax_set_id"),
        )
        plan_delivery(draft.lines, draft.items)
        values = head_values(party, user, header)
        values.setdefault("delivery_address", address_of(party))
        order = SalesOrder(company=company, party=party, document_date=day, currency=draft.currency, **values)
        order.external_id, order.created_by, order.source = external_id, user, source
        return _save_new(order, draft)


def _save_new(order: SalesOrder, draft: Draft) -> SalesOrder:
    order.warehouse_id = order.warehouse_id or warehouse_id_of(order.company_id)
    order.take_totals(draft.priced)
    return _insert(order, draft.lines)


def _insert(order: SalesOrder, lines: list[SalesOrderLine]) -> SalesOrder:
    """Write order and lines. Two that create the order of one source at once: the second gets the first one's."""
    if order.source is None or order.source == _own_source(order):
        order.save(force_insert=True)
    else:
        try:
            with transaction.atomic():
                order.save(force_insert=True)
        except IntegrityError:
            existing = order_of_source(order.company_id, order.source)
            if existing is None:
                raise
            return existing
    attach(order, lines, "order")
    return order


def _own_source(order: SalesOrder) -> RecordRef | None:
    """The quotation as the order's source: its lock is held, so nobody else makes the same order."""
    return None if order.quotation is None else RecordRef.of(order.quotation)


def warehouse_id_of(company_id: int) -> int | None:
    """The default warehouse, if there is one: who sells services alone needs none."""
    return Warehouse.objects.filter(company_id=company_id, is_default=True).values_list("pk", flat=True).first()


def order_of_source(company_id: int, source: RecordRef) -> SalesOrder | None:
    """The one order of a deal or quotation that is not cancelled."""
    orders = SalesOrder.objects.filter(company_id=company_id, source_label=source.label, source_id=source.id)
    return orders.exclude(status=OrderStatus.CANCELLED).first()


def _accepted_quotation(company_id: int, source: RecordRef) -> Quotation | None:
    found = Quotation.objects.filter(company_id=company_id, source_label=source.label, source_id=source.id)
    return found.filter(status=QuotationStatus.ACCEPTED).order_by("-answered_at").first()


def order_quotation(quotation: Quotation, *, user: User | None, now: dt.datetime) -> SalesOrder:
    """The draft order of an accepted quotation, with its lines and amounts as they were offered. The caller holds the
    quotation's lock, or knows that it is accepted and so can no longer change."""
    company = quotation.company
    lines = list(QuotationLine.objects.filter(quotation=quotation).select_related("item"))
    rows = [SalesOrderLine(**{name: getattr(line, name) for name in LINE_CARRIED}) for line in lines]
    plan_delivery(rows, {line.item.pk: line.item for line in lines if line.item is not None})
    order = SalesOrder(**{name: getattr(quotation, name) for name in CARRIED})
    order.created_by, order.quotation = user, quotation
    order.document_date = local_date(company, now)
    order.source = quotation.source or RecordRef.of(quotation)
    order.delivery_address = order.delivery_address or address_of(quotation.party)
    order.warehouse_id = order.warehouse_id or warehouse_id_of(company.pk)
    return _insert(order, rows)


def update_sales_order(
    *,
    sales_order_id: int,
    user: User | None,
    now: dt.datetime,
    expected_version: int | None = None,
    party_id: int | None = None,
    document_date: dt.date | None = None,
    lines: Lines | None = None,
    **header: Unpack[SaleHeader],
) -> SalesOrder:
    """Change a draft order. Lines that are given replace the stored ones; amounts are computed anew.

    :raises WrongStateError: it is confirmed or cancelled.
    :raises ConflictError: somebody else changed it.
    """
    with transaction.atomic():
        order = lock_record(SalesOrder, sales_order_id, expected_version=expected_version)
        if order.status != OrderStatus.DRAFT:
            raise WrongStateError(
                _("%(order)s is %(status)s and can no longer be changed.")
                % {"order": order, "status": order.get_status_display()},
                hint=_("Cancel it and make a new order, as long as nothing has been shipped."),
            )
        party = read_party(order.company_id, party_id or order.party_id)
        company = party.company
        stored: list[Any] = list(SalesOrderLine.objects.filter(order=order))
        order.document_date = document_date or order.document_date
        kept = [as_data(line) for line in stored if not line.is_freight]
        draft = price_draft(
            SalesOrderLine,
            kept if lines is None else keep_sources(lines, stored),
            company=company,
            party=party,
            on=order.document_date,
            currency=currency_for(company, party, header.get("currency_id") or order.currency_id),
            freight_amount=freight_of(order, header),
            freight_tax_set_id=header.get("freight_tax_set_id"),
        )
        plan_delivery(draft.lines, draft.items)
        rewrite_head(order, draft, header)
        SalesOrderLine.objects.filter(order=order).delete()
        attach(order, draft.lines, "order")
    return order
