from django.urls import path

from crm.leads.views import CaptureView, ThanksView

app_name = "leads"
urlpatterns = [
    path("f/<slug:slug>/", CaptureView.as_view(), name="capture"),
    path("f/<slug:slug>/thanks/", ThanksView.as_view(), name="thanks"),
]
