"""Who may see and do what in purchasing. Buyers order, the warehouse receives, accountants invoice, others read."""

from core.access.enums import Role
from core.access.policies import register
from erp.purchasing import models

READ = "view:company export:company"
READERS = dict.fromkeys((Role.DIRECTOR, Role.AUDITOR), READ)

ORDERS = {
    Role.BUYER: "*:company",
    Role.WAREHOUSE: f"{READ} receive:company",
    Role.ACCOUNTANT: f"{READ} bill:company",
    Role.FINANCE_MANAGER: f"{READ} bill:company",
    **READERS,
}
RECEIPTS = {
    Role.BUYER: READ,
    Role.WAREHOUSE: "*:company",
    Role.ACCOUNTANT: READ,
    Role.FINANCE_MANAGER: READ,
    **READERS,
}


def register_all() -> None:
    """Called once, when the app is ready. Lines follow their document."""
    for order in (models.PurchaseOrder, models.PurchaseOrderLine):
        register(order, grants=ORDERS)
    for receipt in (models.Receipt, models.ReceiptLine):
        register(receipt, grants=RECEIPTS)
