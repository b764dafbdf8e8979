"""Which figures, pictures and lists each kind of work looks at first."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.access.enums import Role
from core.ui.resource import Caller
from reporting import charts, lists
from reporting.metrics import finance, operations, sales
from reporting.metrics.definition import Metric
from reporting.periods import Period
from reporting.pictures import Chart, TodoList


@dataclass(frozen=True, slots=True)
class Dashboard:
    """:ivar roles: who it is the home page of; the first dashboard that fits comes first."""

    slug: str
    label: str | Promise
    roles: frozenset[Role]
    tiles: tuple[Metric, ...]
    charts: tuple[Callable[[Caller, Period], Chart | None], ...]
    lists: tuple[Callable[[Caller, Period], TodoList | None], ...]


DASHBOARDS = (
    Dashboard(
        "director",
        _("Company"),
        frozenset({Role.DIRECTOR, Role.ADMINISTRATOR, Role.AUDITOR}),
        (finance.REVENUE, finance.GROSS_PROFIT, sales.ORDERS_TAKEN, sales.PIPELINE, finance.RECEIVABLE),
        (charts.revenue_trend, charts.pipeline_funnel, charts.aged_receivables, charts.top_customers),
        (lists.overdue_invoices, lists.low_stock_items, lists.my_tasks),
    ),
    Dashboard(
        "sales",
        _("Sales"),
        frozenset({Role.SALESPERSON, Role.SALES_MANAGER, Role.MARKETER, Role.SUPPORT_AGENT, Role.DIRECTOR}),
        (sales.ORDERS_TAKEN, sales.WON, sales.WIN_RATE, sales.PIPELINE, sales.OFFERED),
        (charts.orders_trend, charts.pipeline_funnel, charts.top_customers),
        (lists.my_tasks, lists.ending_quotations, lists.orders_to_deliver),
    ),
    Dashboard(
        "finance",
        _("Finance"),
        frozenset({Role.ACCOUNTANT, Role.FINANCE_MANAGER, Role.AUDITOR, Role.DIRECTOR}),
        (finance.REVENUE, finance.GROSS_PROFIT, finance.RECEIVABLE, finance.PAYABLE, finance.MONEY),
        (charts.revenue_trend, charts.aged_receivables, charts.top_customers),
        (lists.overdue_invoices, lists.my_tasks),
    ),
    Dashboard(
        "operations",
        _("Operations"),
        frozenset({Role.WAREHOUSE, Role.BUYER, Role.DIRECTOR}),
        (operations.TO_SHIP, operations.TO_DELIVER, operations.SHIPPED, operations.ORDERED, operations.RECEIVED),
        (charts.shipping_trend,),
        (lists.deliveries_to_ship, lists.low_stock_items, lists.orders_to_deliver, lists.my_tasks),
    ),
)


def dashboards_for(roles: frozenset[Role]) -> list[Dashboard]:
    """The dashboards of these roles, the closest one first. Whoever has no role yet sees the sales page, without
    figures."""
    found = [dashboard for dashboard in DASHBOARDS if dashboard.roles & roles]
    return found or [DASHBOARDS[1]]
