"""The reports in the sidebar."""

from django.utils.translation import gettext_lazy as _

from core.ui.nav import Page, register_page

register_page(Page("reports", _("All reports"), "reporting:reports", order=10, icon="chart-bar"))
