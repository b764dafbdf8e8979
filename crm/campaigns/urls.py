"""Addresses of this app's own pages."""

from django.urls import path

from crm.campaigns.views import UnsubscribeView

app_name = "campaigns"
urlpatterns = [
    path("unsubscribe/<str:token>/", UnsubscribeView.as_view(), name="unsubscribe"),
]
