"""The home page, the list of reports, and the reports that read every wing."""

from django.urls import path

from reporting import views

app_name = "reporting"

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("reports/", views.ReportsView.as_view(), name="reports"),
]
