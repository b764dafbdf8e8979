"""The reports in the sidebar."""

from django.utils.translation import gettext_lazy as _

from core.ui.nav import Page, register_page
from erp.ledger.policies import BOOK_READERS

for order, (name, label, icon) in enumerate(
    (
        ("trial-balance", _("Trial balance"), "scale"),
        ("balance-sheet", _("Balance sheet"), "report-money"),
        ("income-statement", _("Income statement"), "chart-bar"),
        ("general-ledger", _("General ledger"), "book"),
    )
):
    register_page(Page("finance", label, f"ledger:{name}", order=20 + order, icon=icon, roles=BOOK_READERS))
