"""The stock report in the sidebar."""

from django.utils.translation import gettext_lazy as _

from core.ui.nav import Page, register_page
from erp.inventory.policies import LEVELS

register_page(
    Page(
        "stock", _("Stock on hand"), "inventory:stock-on-hand", order=15, icon="report-analytics",
        roles=frozenset(LEVELS),
    )
)  # fmt: skip
