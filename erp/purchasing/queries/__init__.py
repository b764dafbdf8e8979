"""Reading purchasing."""

from erp.purchasing.queries.prices import PurchasePrice, purchase_prices
from erp.purchasing.queries.supply import incoming

__all__ = ["PurchasePrice", "incoming", "purchase_prices"]
