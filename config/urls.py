"""URLs: wiring only. Screens come from the Resources, the API from the same."""

from django.contrib import admin
from django.urls import include, path

from config.settings import _stands

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("config.api")) if _stands("config.api") else None,
    path("", include("core.jobs.urls")) if _stands("core.jobs.urls") else None,
    path("", include("core.documents.urls")) if _stands("core.documents.urls") else None,
    path("", include("erp.ledger.urls")) if _stands("erp.ledger.urls") else None,
    path("", include("erp.invoicing.urls")) if _stands("erp.invoicing.urls") else None,
    path("", include("erp.inventory.urls")) if _stands("erp.inventory.urls") else None,
    path("", include("crm.leads.urls")) if _stands("crm.leads.urls") else None,
    path("", include("crm.campaigns.urls")) if _stands("crm.campaigns.urls") else None,
    path("", include("erp.orders.urls")) if _stands("erp.orders.urls") else None,
    path("", include("integration.urls")) if _stands("integration.urls") else None,
    path("", include("reporting.urls")) if _stands("reporting.urls") else None,
    path("", include("core.ui.urls")) if _stands("core.ui.urls") else None,
]

urlpatterns = [p for p in urlpatterns if p is not None]

if _stands("core.ui.views.errors"):
    handler403 = "core.ui.views.errors.forbidden"
    handler404 = "core.ui.views.errors.not_found"
    handler500 = "core.ui.views.errors.server_error"
