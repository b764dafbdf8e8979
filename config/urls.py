"""URLs: wiring only. Screens come from the Resources, the API from the same."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("config.api")),
    path("", include("core.jobs.urls")),
    path("", include("erp.ledger.urls")),
    path("", include("erp.invoicing.urls")),
    path("", include("erp.inventory.urls")),
    path("", include("crm.leads.urls")),
    path("", include("crm.campaigns.urls")),
    path("", include("erp.orders.urls")),
    path("", include("integration.urls")),
    path("", include("reporting.urls")),
    path("", include("core.ui.urls")),
]

handler403 = "core.ui.views.errors.forbidden"
handler404 = "core.ui.views.errors.not_found"
handler500 = "core.ui.views.errors.server_error"
