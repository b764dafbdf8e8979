"""Reading quotations and orders."""

from erp.orders.queries.goods import LineStock, ToDeliver, outgoing_quantities, stock_of_lines, to_deliver
from erp.orders.queries.versions import LineChange, compare_quotations, versions_of

__all__ = [
    "LineChange",
    "LineStock",
    "ToDeliver",
    "compare_quotations",
    "outgoing_quantities",
    "stock_of_lines",
    "to_deliver",
    "versions_of",
]
