"""Pages of the ledger that are no Resource: its reports."""

from django.urls import path

from erp.ledger import views

app_name = "ledger"

urlpatterns = [
    path("reports/trial-balance/", views.TrialBalanceView.as_view(), name="trial-balance"),
    path("reports/balance-sheet/", views.BalanceSheetView.as_view(), name="balance-sheet"),
    path("reports/income-statement/", views.IncomeStatementView.as_view(), name="income-statement"),
    path("reports/general-ledger/", views.GeneralLedgerView.as_view(), name="general-ledger"),
]
