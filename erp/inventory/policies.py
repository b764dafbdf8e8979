"""Who may see and do what with stock. The warehouse keeps it, finance reads it, selling sees what is available."""

from core.access.enums import Role
from core.access.policies import register
from erp.inventory import models

SEE, READ = "view:company", "view:company export:company"
KEEP = "view:company create:company change:company export:company delete:company"

PLACES: dict[Role, str] = {
    **dict.fromkeys(Role, SEE),
    Role.WAREHOUSE: KEEP,
    Role.ADMINISTRATOR: KEEP,
    Role.DIRECTOR: READ,
    Role.AUDITOR: READ,
}
LEVELS = {
    Role.SALESPERSON: SEE,
    Role.SALES_MANAGER: READ,
    Role.SUPPORT_AGENT: SEE,
    Role.BUYER: READ,
    Role.WAREHOUSE: READ,
    Role.ACCOUNTANT: READ,
    Role.FINANCE_MANAGER: READ,
    Role.DIRECTOR: READ,
    Role.AUDITOR: READ,
}
FACTS: dict[Role, str] = {
    role: grants for role, grants in LEVELS.items() if role not in (Role.SALESPERSON, Role.SUPPORT_AGENT)
}
DOCUMENTS = {
    Role.WAREHOUSE: "*:company",
    Role.BUYER: READ,
    Role.ACCOUNTANT: READ,
    Role.FINANCE_MANAGER: READ,
    Role.DIRECTOR: READ,
    Role.AUDITOR: READ,
}


def register_all() -> None:
    """Called once, when the app is ready. Lines follow their document."""
    for place in (models.Warehouse, models.Location):
        register(place, grants=PLACES)
    register(models.StockLevel, grants=LEVELS)
    for fact in (
        models.StockMove,
        models.Reservation,
        models.ItemValuation,
        models.CostLayer,
        models.LayerConsumption,
        models.ValueEntry,
        models.StockSnapshot,
        models.SnapshotQuantity,
    ):
        register(fact, grants=FACTS)
    for document in (
        models.StockAdjustment,
        models.StockAdjustmentLine,
        models.StockCount,
        models.StockCountLine,
        models.StockTransfer,
        models.StockTransferLine,
    ):
        register(document, grants=DOCUMENTS)
