"""The reports in the sidebar."""

from django.utils.translation import gettext_lazy as _

from core.ui.nav import Page, register_page
from crm.pipeline.policies import DEALS
from erp.orders.policies import ORDERS

register_page(Page("reports", _("All reports"), "reporting:reports", order=10, icon="chart-bar"))
register_page(
    Page(
        "reports", _("Sales analysis"), "reporting:sales", order=20, icon="shopping-cart",
        roles=frozenset(ORDERS),
        summary=_("What was ordered by year, month, customer, item or seller: before and after discount, and freight."),
    )
)  # fmt: skip
register_page(
    Page(
        "reports", _("Pipeline analysis"), "reporting:pipeline", order=30, icon="target",
        roles=frozenset(DEALS),
        summary=_("What became of the deals by seller, team, customer, stage or month: won, lost, open, win rate."),
    )
)  # fmt: skip
