"""What integration adds to the screens of both wings."""

from django.utils.translation import gettext_lazy as _

from core.ui.actions import Action
from core.ui.registry import extend
from crm.pipeline.enums import DealStatus
from integration.operations import quote_deal
from integration.panels import DealMoneyPanel, DealStockPanel, PartnerMoneyPanel, party_panels, ticket_panels
from integration.steps import steps_of

CHAIN = ("deals", "quotations", "sales-orders", "deliveries", "sales-invoices", "payments")

for slug in CHAIN:
    extend(slug).set_stepper(steps_of)
for slug in ("quotations", "sales-orders"):
    extend(slug).add_panel(PartnerMoneyPanel())
for panel in party_panels():
    extend("parties").add_panel(panel)
for panel in reversed(ticket_panels()):
    extend("tickets").add_panel(panel, after="customer")

extend("deals").add_panel(DealMoneyPanel()).add_panel(DealStockPanel()).add_panel(PartnerMoneyPanel()).add_action(
    Action(
        "quote",
        label=_("Write quotation"),
        operation=quote_deal,
        when=lambda deal: deal.status == DealStatus.OPEN,
        icon="file-text",
        follow=True,
    )
)
