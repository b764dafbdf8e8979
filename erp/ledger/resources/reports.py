"""The reports in the sidebar."""

from django.utils.translation import gettext_lazy as _

from core.ui.nav import Page, register_page
from erp.ledger.policies import BOOK_READERS

REPORTS = (
    (
        "trial-balance", _("Trial balance"), "scale",
        _("Opening balance, turnover and closing balance of every account; the proof that the book balances."),
    ),
    ("balance-sheet", _("Balance sheet"), "report-money", _("What the company owns and owes at the end of a day.")),
    (
        "income-statement", _("Income statement"), "chart-bar",
        _("What was earned and spent in a time, down to the net profit."),
    ),
    ("general-ledger", _("General ledger"), "book", _("Every journal line of an account with its running balance.")),
)  # fmt: skip

for order, (name, label, icon, summary) in enumerate(REPORTS):
    register_page(
        Page("finance", label, f"ledger:{name}", order=20 + order, icon=icon, roles=BOOK_READERS, summary=summary)
    )
