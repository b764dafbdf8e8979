"""Pages of invoicing that are no Resource: its reports."""

from django.urls import path

from erp.invoicing import views

app_name = "invoicing"

urlpatterns = [
    path("reports/aged-receivables/", views.AgedReceivablesView.as_view(), name="aged-receivables"),
    path("reports/aged-payables/", views.AgedPayablesView.as_view(), name="aged-payables"),
    path("reports/open-items/", views.OpenItemsView.as_view(), name="open-items"),
]
