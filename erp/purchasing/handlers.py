"""Where purchasing takes part in what other apps do."""

from erp.inventory import supply_points
from erp.invoicing.consequences import supplier_invoice_posting
from erp.purchasing.clearing import clear_supplier_invoice
from erp.purchasing.queries import incoming


def connect() -> None:
    """Called once, when the app is ready."""
    supplier_invoice_posting.register(clear_supplier_invoice)
    supply_points.register("incoming", incoming)
