"""Who may see and do what with invoices and open items. Finance keeps them; salespeople see those of their team's
customers; buyers see what their suppliers ask."""

from core.access.enums import Role
from core.access.policies import register
from erp.invoicing import models

KEEPERS = {Role.ACCOUNTANT: "*:company", Role.FINANCE_MANAGER: "*:company"}
READERS = {Role.DIRECTOR: "view:company export:company", Role.AUDITOR: "view:company export:company"}
SALES = {
    Role.SALESPERSON: "view:team",
    Role.SALES_MANAGER: "view:company export:company",
    Role.SUPPORT_AGENT: "view:company",
    **KEEPERS,
    **READERS,
}
SUPPLIER = {Role.BUYER: "view:company export:company", **KEEPERS, **READERS}


def register_all() -> None:
    """Called once, when the app is ready. Lines follow their document."""
    register(models.SalesInvoice, grants=SALES, owner="owner", team="team")
    register(models.SalesInvoiceLine, grants=SALES, owner="invoice__owner", team="invoice__team")
    register(models.SalesInvoiceLineTax, grants=SALES, owner="line__invoice__owner", team="line__invoice__team")
    register(models.SupplierInvoice, grants=SUPPLIER)
    register(models.SupplierInvoiceLine, grants=SUPPLIER)
    register(models.SupplierInvoiceLineTax, grants=SUPPLIER)
    register(models.OpenItem, grants={**KEEPERS, **READERS})
    register(models.Allocation, grants={**KEEPERS, **READERS})
