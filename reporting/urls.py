"""The home page, the list of reports, and the reports that read every wing."""

from django.urls import path

from reporting import views
from reporting.analysis.views import PipelineView, SalesView

app_name = "reporting"

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("reports/", views.ReportsView.as_view(), name="reports"),
    path("reports/sales/", SalesView.as_view(), name="sales"),
    path("reports/pipeline/", PipelineView.as_view(), name="pipeline"),
]
