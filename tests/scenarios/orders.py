"""What must hold of orders after every scenario, read by plain SQL."""

from core.company.models import Company
from erp.ledger.enums import AccountKey
from tests.scenarios.invariants import balance_of_key, rows


def assert_interim_is_what_is_open(company: Company) -> None:
    """INV-4: goods delivered, not invoiced = Σ (shipped − invoiced − returned before invoicing) at issued cost."""
    ((open_cost, open_without_goods),) = rows(
        """
        SELECT coalesce(sum(cost), 0), coalesce(sum(cost) FILTER (WHERE quantity = 0), 0) FROM (
            SELECT l.cost_amount - l.invoiced_cost - l.returned_cost + l.returned_invoiced_cost AS cost,
                l.quantity - l.invoiced_quantity - l.returned_quantity + l.returned_invoiced_quantity AS quantity
            FROM orders_deliveryline l JOIN orders_delivery d ON d.id = l.delivery_id
            WHERE d.company_id = %(company)s AND d.status = 'shipped') open
        """,
        company=company.pk,
    )
    assert open_without_goods == 0
    assert open_cost == balance_of_key(company, AccountKey.STOCK_INTERIM)


def assert_orders_agree_with_their_documents(company: Company) -> None:
    """Counters of order lines = their shipped deliveries and received returns."""
    drift = rows(
        """
        SELECT l.id, l.delivered_quantity, sum(d.quantity), l.returned_quantity, sum(d.returned_quantity)
        FROM orders_salesorderline l
        JOIN orders_salesorder o ON o.id = l.order_id
        LEFT JOIN (
            SELECT x.* FROM orders_deliveryline x JOIN orders_delivery y ON y.id = x.delivery_id
            WHERE y.status = 'shipped'
        ) d ON d.order_line_id = l.id
        WHERE o.company_id = %(company)s GROUP BY l.id
        HAVING l.delivered_quantity <> coalesce(sum(d.quantity), 0)
            OR l.returned_quantity <> coalesce(sum(d.returned_quantity), 0)
        """,
        company=company.pk,
    )
    assert drift == []
