"""Addresses of this app's own pages."""

from django.urls import path

from erp.orders.public.views import QuotationPageView, QuotationPdfView
from erp.orders.views import LineDefaultsView

app_name = "orders"

urlpatterns = [
    path("offer/<str:token>/", QuotationPageView.as_view(), name="quotation"),
    path("offer/<str:token>/pdf/", QuotationPdfView.as_view(), name="quotation-pdf"),
    path("sales/line-defaults/", LineDefaultsView.as_view(), name="line-defaults"),
]
