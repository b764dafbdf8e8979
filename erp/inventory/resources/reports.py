"""The stock report in the sidebar."""

from django.utils.translation import gettext_lazy as _

from core.ui.nav import Page, register_page
from erp.inventory.policies import LEVELS

register_page(
    Page(
        "stock", _("Stock on hand"), "inventory:stock-on-hand", order=15, icon="report-analytics",
        roles=frozenset(LEVELS), summary=_("What there is of every item, now or on a day, and what it is worth."),
    )
)  # fmt: skip
