"""Pages of stock that are no Resource."""

from django.urls import path

from erp.inventory import views

app_name = "inventory"

urlpatterns = [path("reports/stock-on-hand/", views.StockOnHandView.as_view(), name="stock-on-hand")]
