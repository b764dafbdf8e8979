"""Addresses of the import wizard beside those of its Resource."""

from django.urls import path

from core.ui import registry
from core.ui.imports import views

_resource = registry.get("imports")

urlpatterns = [
    path("imports/new/", views.UploadView.as_view(resource=_resource), name="imports-create"),
    path("imports/templates/<slug:kind>.<slug:form>", views.TemplateView.as_view(), name="imports-template"),
    path("imports/<int:pk>/progress/", views.ProgressView.as_view(resource=_resource), name="imports-progress"),
    path("imports/<int:pk>/rows/", views.RowsView.as_view(resource=_resource), name="imports-rows"),
    path("imports/<int:pk>/rows.csv", views.RowsCsvView.as_view(resource=_resource), name="imports-rows-csv"),
]
