"""The API: every Resource, and the reports of the back office."""

from django.urls import include, path

from config.settings import _stands

REPORTS = ("erp.ledger.api", "erp.invoicing.api", "erp.inventory.api")

urlpatterns = [path("", include(module)) for module in REPORTS if _stands(module)]
urlpatterns += [path("", include("core.ui.api.urls"))]
