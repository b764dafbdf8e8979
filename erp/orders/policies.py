"""Who may see and do what with quotations, orders, deliveries and returns.

Salespeople work on what belongs to them or their team. The warehouse ships and takes back; it does not change orders.
Accountants invoice. Directors and auditors read.
"""

from core.access.enums import Role
from core.access.policies import register
from erp.orders import models

READERS = {Role.DIRECTOR: "view:company export:company", Role.AUDITOR: "view:company export:company"}
SELLER = "view:team create:own change:team export:team"
FINANCE = "view:company export:company invoice:company"
HAULIER = "view:company export:company"

QUOTATIONS = {
    Role.SALESPERSON: f"{SELLER} send:team accept:team decline:team revise:team",
    Role.SALES_MANAGER: "*:company",
    Role.ACCOUNTANT: "view:company",
    Role.FINANCE_MANAGER: "view:company",
    Role.WAREHOUSE: "view:company",
    Role.SUPPORT_AGENT: "view:company",
    **READERS,
}
ORDERS = {
    Role.SALESPERSON: f"{SELLER} confirm:team cancel:team reserve:team deliver:team invoice:team",
    Role.SALES_MANAGER: "*:company",
    Role.ACCOUNTANT: FINANCE,
    Role.FINANCE_MANAGER: FINANCE,
    Role.WAREHOUSE: f"{HAULIER} deliver:company reserve:company",
    Role.SUPPORT_AGENT: "view:company",
    Role.BUYER: "view:company",
    **READERS,
}
DELIVERIES = {
    Role.SALESPERSON: "view:team export:team",
    Role.SALES_MANAGER: "*:company",
    Role.WAREHOUSE: f"{HAULIER} create:company change:company ship:company cancel:company return:company",
    Role.ACCOUNTANT: "view:company export:company",
    Role.FINANCE_MANAGER: "view:company export:company",
    Role.SUPPORT_AGENT: "view:company",
    **READERS,
}
RETURNS = DELIVERIES


def register_all() -> None:
    """Called once, when the app is ready. Lines follow their document."""
    register(models.Quotation, grants=QUOTATIONS, owner="owner", team="team")
    register(models.QuotationLine, grants=QUOTATIONS, owner="quotation__owner", team="quotation__team")
    register(models.SalesOrder, grants=ORDERS, owner="owner", team="team")
    register(models.SalesOrderLine, grants=ORDERS, owner="order__owner", team="order__team")
    register(models.Delivery, grants=DELIVERIES, owner="owner", team="team")
    register(models.DeliveryLine, grants=DELIVERIES, owner="delivery__owner", team="delivery__team")
    register(models.SalesReturn, grants=RETURNS, owner="owner", team="team")
    register(models.SalesReturnLine, grants=RETURNS, owner="sales_return__owner", team="sales_return__team")
