"""Quotations on the screen: what is offered, sent, answered and revised."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.company.conversion import with_company_net
from core.company.queries import local_date
from core.ui import formats
from core.ui.actions import Action
from core.ui.panels import AttributesPanel, RelatedPanel
from core.ui.registry import register
from core.ui.resource import Caller, Column, LineForm, Menu, PresetView, Resource
from erp.orders import forms, operations, panels
from erp.orders.enums import QuotationStatus
from erp.orders.models import Quotation, SalesOrder
from erp.orders.operations.quotations import VALID_DAYS
from erp.orders.previews import preview_sale
from erp.orders.resources.shared import OWNED_FIELDS, SALE_FIELDS


def quotation_defaults(caller: Caller) -> dict[str, Any]:
    today = local_date(caller.company, caller.now)
    return {"document_date": today, "valid_until": today + dt.timedelta(days=VALID_DAYS)}


def what_sending_does(quotation: Quotation) -> list[str]:
    return [
        _t("The quotation over %(total)s gets its number and its PDF and can no longer be changed.")
        % {"total": formats.money_with_currency(quotation.total_amount, quotation.currency_id)},
        _t("The customer can accept it until %(date)s.") % {"date": formats.date(quotation.valid_until)},
    ]


def what_accepting_does(quotation: Quotation) -> list[str]:
    return [
        _t("A draft order over %(total)s is made. Confirming it, which reserves stock, is a step of its own.")
        % {"total": formats.money_with_currency(quotation.total_amount, quotation.currency_id)}
    ]


@register
class QuotationResource(Resource):
    model = Quotation
    slug = "quotations"
    menu = Menu("sales", order=40, icon="file-text", key="q")
    columns = (
        "number",
        "party",
        "document_date",
        "valid_until",
        "status",
        Column("net_amount", total=True, own="company_net_amount"),
        Column("total_amount", total=True),
        "owner",
    )
    more_columns = (
        "revision",
        "reference",
        "requested_date",
        "tax_amount",
        "currency",
        "team",
        "sent_at",
        "answered_at",
    )
    filters = ("status", "party", "owner", "team", "document_date", "valid_until", "currency", "total_amount")
    search = True
    form = forms.QuotationForm
    lines = LineForm(forms.QuotationLineForm, label=_("Lines"))
    create = operations.create_quotation
    update = operations.update_quotation
    preview = preview_sale
    defaults = staticmethod(quotation_defaults)
    detail_related = ("party", "currency", "revises", "owner", "team", "payment_term", "warehouse", "company")
    panels = (
        panels.SaleLinesPanel(),
        AttributesPanel(
            fields=(
                *SALE_FIELDS,
                "valid_until",
                "revision",
                "revises",
                "sent_at",
                "answered_at",
                "answered_name",
                "answered_by",
                "decline_reason",
                *OWNED_FIELDS,
            )
        ),
        panels.SaleTotalsPanel(),
        panels.CustomerLinkPanel(),
        panels.VersionsPanel(),
        RelatedPanel(
            name="orders",
            title=_("Sales orders"),
            model=SalesOrder,
            field="quotation",
            columns=("number", "document_date", "status", "total_amount"),
        ),
    )
    actions = (
        Action(
            "send",
            label=_("Send"),
            operation=operations.send_quotation,
            when=lambda quotation: quotation.status == QuotationStatus.DRAFT,
            confirm=what_sending_does,
            style="primary",
            icon="send",
            bulk=True,
        ),
        Action(
            "accept",
            label=_("Accept"),
            operation=operations.accept_quotation,
            form=forms.AcceptForm,
            when=lambda quotation: quotation.status == QuotationStatus.SENT,
            confirm=what_accepting_does,
            style="primary",
            icon="circle-check",
            follow=True,
        ),
        Action(
            "decline",
            label=_("Decline"),
            operation=operations.decline_quotation,
            form=forms.DeclineForm,
            when=lambda quotation: quotation.status == QuotationStatus.SENT,
            icon="circle-x",
        ),
        Action(
            "revise",
            label=_("New version"),
            operation=operations.revise_quotation,
            when=lambda quotation: (
                quotation.status in (QuotationStatus.SENT, QuotationStatus.DECLINED, QuotationStatus.EXPIRED)
            ),
            confirm=_("A draft with the same lines is made. This version can then no longer be accepted."),
            icon="copy",
            follow=True,
        ),
    )
    saved_views = (
        PresetView("open", _("Open"), {"status": "draft,sent"}),
        PresetView("mine", _("My quotations"), {"owner": "me"}),
        PresetView("ending", _("Ending this week"), {"status": "sent", "valid_until_to": "today+7"}),
    )
    api_fields = (
        "id", "number", "revision", "status", "party", "document_date", "valid_until", "currency", "reference",
        "requested_date", "delivery_address", "warehouse", "payment_term", "freight_amount", "notes", "net_amount",
        "tax_amount", "total_amount", "owner", "team", "sent_at", "answered_at", "answered_name", "decline_reason",
        "external_id", "version",
    )  # fmt: skip

    def measured(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return with_company_net(queryset)

    def subtitle(self, obj: Quotation) -> str:
        return str(obj.party)

    def editable(self, obj: Quotation) -> bool:
        return obj.status == QuotationStatus.DRAFT
