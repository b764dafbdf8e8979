"""The API: every Resource, and the reports of the back office."""

from django.urls import include, path

REPORTS = ("erp.ledger.api", "erp.invoicing.api", "erp.inventory.api", "reporting.api")

urlpatterns = [path("", include(module)) for module in REPORTS]
urlpatterns += [path("", include("core.ui.api.urls"))]
