"""Reading quotations and orders."""

from erp.orders.queries.goods import LineStock, outgoing_quantities, stock_of_lines
from erp.orders.queries.versions import LineChange, compare_quotations, versions_of

__all__ = ["LineChange", "LineStock", "compare_quotations", "outgoing_quantities", "stock_of_lines", "versions_of"]
