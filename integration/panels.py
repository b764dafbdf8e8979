"""Panels that show money and goods where sales and support work, and the deal where finance works."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access import policies
from core.parties.models import Party
from core.ui import formats
from core.ui.panels import Panel, RelatedPanel
from core.ui.registry import url_for
from core.ui.resource import Caller
from crm.pipeline.models import Deal
from erp.inventory.queries import availability
from erp.invoicing.models import SalesInvoice
from erp.orders.enums import DeliveryStatus
from erp.orders.models import Delivery, Quotation, SalesOrder, SalesReturn
from integration.chain import chain_of
from integration.money import customer_money

Facts = list[dict[str, Any]]


class FactsPanel(Panel, ABC):
    """A short list of figures."""

    template = "ui/panels/facts.html"
    side = "side"

    @abstractmethod
    def facts(self, request: HttpRequest, obj: Any) -> Facts:
        """The figures; none leaves the panel out."""

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any] | None:
        facts = self.facts(request, obj)
        return {"facts": facts} if facts else None


class DealMoneyPanel(FactsPanel):
    """What the deal has become in the back office."""

    name = "deal_money"
    title = _("Ordered, invoiced, paid")

    def facts(self, request: HttpRequest, obj: Deal) -> Facts:
        chain = chain_of(obj)
        if chain.order is None:
            return []
        currency = obj.currency_id
        return [
            {
                "label": _("Ordered"),
                "value": formats.money_with_currency(chain.ordered_amount, currency),
                "url": url_for(chain.order),
            },
            {"label": _("Invoiced"), "value": formats.money_with_currency(chain.invoiced_amount, currency)},
            {"label": _("Paid"), "value": formats.money_with_currency(chain.paid_amount, currency)},
            {"label": _("To ship"), "value": formats.quantity(chain.quantity_to_ship)},
        ]


class DealStockPanel(FactsPanel):
    """Whether what the deal sells is there."""

    name = "deal_stock"
    title = _("Stock of these items")
    lazy = True

    def facts(self, request: HttpRequest, obj: Deal) -> Facts:
        items = {line.item_id: line.item for line in obj.lines.select_related("item") if line.item_id}
        stock = availability(company_id=obj.company_id, item_ids=list(items))
        return [
            {
                "label": items[key],
                "value": formats.quantity(found.available),
                "hint": _("free of %(on_hand)s on hand") % {"on_hand": formats.quantity(found.on_hand)},
                "color": "" if found.available > 0 else "red",
            }
            for key, found in stock.items()
        ]


class CustomerMoneyPanel(FactsPanel):
    """What the customer owes, what is late, how much more they may order."""

    name = "customer_money"
    title = _("Money")

    def applies(self, caller: Caller, obj: Any) -> bool:
        return isinstance(obj, Party) and obj.is_customer and self.may_see_money(caller)

    @staticmethod
    def may_see_money(caller: Caller) -> bool:
        """Everybody sees parties, but not everybody what they owe: the figures are for those who see invoices."""
        return policies.may(caller.user, "view", SalesInvoice, caller.company_id)

    def facts(self, request: HttpRequest, obj: Party) -> Facts:
        money = customer_money(obj, on=timezone.localdate())
        currency = request.company.currency_id  # type: ignore[attr-defined]

        def fact(label: Any, amount: Any, **more: Any) -> dict[str, Any]:
            return {"label": label, "value": formats.money_with_currency(amount, currency), **more}

        facts = [fact(_("Balance"), money.balance_amount)]
        if money.overdue_since:
            since = _("since %(date)s") % {"date": formats.date(money.overdue_since)}
            facts.append(fact(_("Overdue"), money.overdue_amount, hint=since, color="red"))
        facts.append(fact(_("Open orders"), money.open_order_amount))
        if money.headroom_amount is not None:
            color = "red" if money.headroom_amount < 0 else ""
            facts.append(fact(_("Credit headroom"), money.headroom_amount, color=color))
        return facts


class PartnerMoneyPanel(CustomerMoneyPanel):
    """The same beside a deal, quotation or order, for its customer."""

    name = "partner_money"
    title = _("Customer's money")

    def applies(self, caller: Caller, obj: Any) -> bool:
        return obj.party_id is not None and self.may_see_money(caller)

    def facts(self, request: HttpRequest, obj: Any) -> Facts:
        return super().facts(request, obj.party)


class CustomersPanel(RelatedPanel):
    """Documents of the customer that a record is about, beside the record; without any there is no panel."""

    field = "party"

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any] | None:
        found = super().context(request, obj)
        return found if found and found["rows"] else None

    def rows(self, caller: Caller, obj: Any) -> QuerySet[Any]:
        return super().rows(caller, obj.party)

    def more(self, obj: Any) -> str:
        return super().more(obj.party)


def ticket_panels() -> tuple[Panel, ...]:
    """What support needs to know of the customer's money and goods without leaving the ticket."""
    return (
        PartnerMoneyPanel(),
        CustomersPanel(
            name="last_orders",
            title=_("Last orders"),
            model=SalesOrder,
            limit=5,
            columns=("number", "document_date", "total_amount", "delivery_state"),
        ),
        CustomersPanel(
            name="open_deliveries",
            title=_("Deliveries on their way"),
            model=Delivery,
            where={"status": DeliveryStatus.DRAFT},
            limit=5,
            columns=("number", "document_date", "status"),
        ),
        CustomersPanel(
            name="returns",
            title=_("Returns"),
            model=SalesReturn,
            limit=5,
            columns=("number", "document_date", "status"),
        ),
    )


def party_panels() -> tuple[Panel, ...]:
    """What a party's page shows of its business."""
    return (
        CustomerMoneyPanel(),
        RelatedPanel(
            name="deals", title=_("Deals"), model=Deal, field="party", columns=("title", "amount", "stage", "status")
        ),
        RelatedPanel(
            name="quotations",
            title=_("Quotations"),
            model=Quotation,
            field="party",
            columns=("number", "document_date", "total_amount", "status"),
        ),
        RelatedPanel(
            name="orders",
            title=_("Orders"),
            model=SalesOrder,
            field="party",
            columns=("number", "document_date", "total_amount", "delivery_state", "invoice_state"),
        ),
        RelatedPanel(
            name="invoices",
            title=_("Invoices"),
            model=SalesInvoice,
            field="party",
            columns=("number", "document_date", "total_amount", "status"),
        ),
    )
