"""Which figures, pictures and lists each kind of work looks at first."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.access.enums import Role
from reporting import charts, lists
from reporting.metrics import finance, operations, people, sales
from reporting.metrics.definition import Metric
from reporting.pictures import Chart, TodoList
from reporting.reading import Reader


@dataclass(frozen=True, slots=True)
class Dashboard:
    """:ivar roles: who opens it first; `also` may choose it. A person sees the parts that their roles reach."""

    slug: str
    label: str | Promise
    roles: frozenset[Role]
    also: frozenset[Role]
    tiles: tuple[Metric, ...]
    charts: tuple[Callable[[Reader], Chart | None], ...]
    lists: tuple[Callable[[Reader], TodoList | None], ...]


READERS = frozenset({Role.DIRECTOR, Role.AUDITOR})

DASHBOARDS = (
    Dashboard(
        "company",
        _("Company"),
        frozenset({Role.DIRECTOR}),
        frozenset({Role.AUDITOR}),
        (finance.REVENUE, finance.GROSS_PROFIT, sales.ORDERS_TAKEN, sales.PIPELINE, finance.RECEIVABLE),
        (charts.revenue_course, charts.pipeline_funnel, charts.aged_receivables, charts.top_customers),
        (lists.overdue_invoices, lists.low_stock_items, lists.my_tasks),
    ),
    Dashboard(
        "finance",
        _("Finance"),
        frozenset({Role.ACCOUNTANT, Role.FINANCE_MANAGER, Role.AUDITOR}),
        READERS,
        (finance.REVENUE, finance.GROSS_PROFIT, finance.RECEIVABLE, finance.PAYABLE, finance.MONEY),
        (charts.revenue_course, charts.aged_receivables, charts.top_customers),
        (lists.overdue_invoices, lists.supplier_drafts, lists.my_tasks),
    ),
    Dashboard(
        "sales",
        _("Sales"),
        frozenset({Role.SALESPERSON, Role.SALES_MANAGER, Role.ADMINISTRATOR}),
        READERS | {Role.MARKETER, Role.FINANCE_MANAGER},
        (sales.ORDERS_TAKEN, sales.WON, sales.WIN_RATE, sales.PIPELINE, sales.OFFERED),
        (
            charts.orders_course,
            charts.pipeline_funnel,
            charts.deals_by_state,
            charts.best_accounts,
            charts.top_customers,
        ),
        (lists.my_tasks, lists.ending_quotations, lists.orders_to_deliver),
    ),
    Dashboard(
        "marketing",
        _("Marketing"),
        frozenset({Role.MARKETER}),
        READERS | {Role.SALES_MANAGER, Role.ADMINISTRATOR},
        (people.NEW_LEADS, people.OPEN_LEADS, people.CONVERTED, people.LEAD_RATE, sales.WON),
        (charts.lead_course, charts.lead_sources, charts.lead_campaigns, charts.pipeline_funnel),
        (lists.leads_to_work, lists.running_campaigns, lists.my_tasks),
    ),
    Dashboard(
        "service",
        _("Service"),
        frozenset({Role.SUPPORT_AGENT}),
        READERS | {Role.SALES_MANAGER, Role.ADMINISTRATOR},
        (people.OPEN_TICKETS, people.UNANSWERED, people.NEW_TICKETS, people.RESOLVED, people.OVERDUE_INVOICES),
        (charts.ticket_course, charts.tickets_by_priority),
        (lists.tickets_to_answer, lists.my_tasks, lists.orders_to_deliver, lists.overdue_invoices),
    ),
    Dashboard(
        "operations",
        _("Operations"),
        frozenset({Role.WAREHOUSE}),
        READERS | {Role.SALES_MANAGER, Role.BUYER},
        (operations.TO_SHIP, operations.TO_DELIVER, operations.SHIPPED, operations.ORDERED, operations.RECEIVED),
        (charts.shipping_course,),
        (lists.deliveries_to_ship, lists.expected_purchases, lists.low_stock_items, lists.my_tasks),
    ),
    Dashboard(
        "purchasing",
        _("Purchasing"),
        frozenset({Role.BUYER}),
        READERS | {Role.WAREHOUSE, Role.ACCOUNTANT, Role.FINANCE_MANAGER},
        (operations.PURCHASED, operations.ORDERED, operations.RECEIVED, operations.SUPPLIER_BILLS, finance.PAYABLE),
        (charts.purchase_course, charts.top_suppliers),
        (lists.low_stock_items, lists.expected_purchases, lists.supplier_drafts, lists.my_tasks),
    ),
)


def dashboards_for(roles: frozenset[Role]) -> list[Dashboard]:
    """The dashboards of these roles: those they open first, then those they may choose. Whoever has no role yet gets
    the sales page, which then says so."""
    first = [board for board in DASHBOARDS if board.roles & roles]
    more = [board for board in DASHBOARDS if board.also & roles and board not in first]
    return [*first, *more] or [find("sales")]


def find(slug: str) -> Dashboard:
    """:raises KeyError: for an unknown dashboard."""
    return {board.slug: board for board in DASHBOARDS}[slug]
