"""What must hold after every scenario, read from the facts by plain SQL and not by the code under test."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from core.company.models import Company
from erp.ledger.enums import AccountKey

FOREVER = dt.date(9999, 12, 31)


def rows(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def balance_of_key(company: Company, *keys: AccountKey, as_of: dt.date = FOREVER) -> Decimal:
    """Debit less credit of all accounts that stand for these keys, for everything or for a category."""
    ((balance,),) = rows(
        """
        SELECT coalesce(sum(l.debit - l.credit), 0) FROM ledger_journalline l
        WHERE l.company_id = %(company)s AND l.entry_date <= %(as_of)s AND l.account_id IN (
            SELECT account_id FROM ledger_postingrule WHERE company_id = %(company)s AND key = ANY (%(keys)s))
        """,
        company=company.pk,
        keys=[str(key) for key in keys],
        as_of=as_of,
    )
    return balance


def assert_trial_balance_zero(company: Company) -> None:
    """INV-1, INV-6: every entry balances, so everything does."""
    unbalanced = rows(
        """
        SELECT entry_id, sum(debit), sum(credit) FROM ledger_journalline WHERE company_id = %(company)s
        GROUP BY entry_id HAVING sum(debit) <> sum(credit)
        """,
        company=company.pk,
    )
    assert unbalanced == []


def assert_stock_equals_ledger(company: Company) -> None:
    """INV-3: stock account = value entries = valuations; FIFO valuations = open layers; nothing is worth nothing."""
    ((entries,),) = rows(
        "SELECT coalesce(sum(value), 0) FROM inventory_valueentry WHERE company_id = %(company)s", company=company.pk
    )
    ((valuations,),) = rows(
        "SELECT coalesce(sum(value), 0) FROM inventory_itemvaluation WHERE company_id = %(company)s",
        company=company.pk,
    )
    assert entries == valuations == balance_of_key(company, AccountKey.INVENTORY)
    drift = rows(
        """
        SELECT v.item_id, v.quantity, v.value, sum(l.remaining_quantity), sum(l.remaining_value)
        FROM inventory_itemvaluation v LEFT JOIN inventory_costlayer l ON l.item_id = v.item_id
        WHERE v.company_id = %(company)s AND v.costing_method = 'fifo' GROUP BY v.id
        HAVING v.quantity <> coalesce(sum(l.remaining_quantity), 0) OR v.value <> coalesce(sum(l.remaining_value), 0)
        """,
        company=company.pk,
    )
    assert drift == []
    bad = rows(
        """
        SELECT item_id, quantity, value FROM inventory_itemvaluation
        WHERE company_id = %(company)s AND (quantity < 0 OR value < 0 OR (quantity = 0 AND value <> 0))
        """,
        company=company.pk,
    )
    assert bad == []


def assert_levels_equal_moves(company: Company) -> None:
    """What lies at a location is what came less what went; an item's quantity is the sum over our locations."""
    drift = rows(
        """
        WITH flow AS (
            SELECT item_id, to_location_id AS location_id, quantity FROM inventory_stockmove
            WHERE company_id = %(company)s
            UNION ALL
            SELECT item_id, from_location_id, -quantity FROM inventory_stockmove WHERE company_id = %(company)s
        ), wanted AS (
            SELECT f.item_id, f.location_id, sum(f.quantity) AS on_hand FROM flow f
            JOIN inventory_location p ON p.id = f.location_id AND p.kind IN ('internal', 'transit')
            GROUP BY f.item_id, f.location_id
        )
        SELECT coalesce(w.item_id, l.item_id), coalesce(w.location_id, l.location_id), w.on_hand, l.on_hand
        FROM wanted w FULL JOIN (SELECT * FROM inventory_stocklevel WHERE company_id = %(company)s) l
            ON l.item_id = w.item_id AND l.location_id = w.location_id
        WHERE coalesce(w.on_hand, 0) <> coalesce(l.on_hand, 0)
        """,
        company=company.pk,
    )
    assert drift == []
    unequal = rows(
        """
        SELECT v.item_id, v.quantity, sum(l.on_hand) FROM inventory_itemvaluation v
        LEFT JOIN inventory_stocklevel l ON l.item_id = v.item_id
        WHERE v.company_id = %(company)s GROUP BY v.id HAVING v.quantity <> coalesce(sum(l.on_hand), 0)
        """,
        company=company.pk,
    )
    assert unequal == []


def assert_no_over_reservation(company: Company) -> None:
    """A level's reserved quantity is the sum of its reservations, and never more than is on hand."""
    drift = rows(
        """
        SELECT l.item_id, l.location_id, l.on_hand, l.reserved, coalesce(sum(r.quantity), 0)
        FROM inventory_stocklevel l
        LEFT JOIN inventory_reservation r ON r.item_id = l.item_id AND r.location_id = l.location_id
        WHERE l.company_id = %(company)s GROUP BY l.id
        HAVING l.reserved <> coalesce(sum(r.quantity), 0) OR l.reserved > l.on_hand
        """,
        company=company.pk,
    )
    assert drift == []


def assert_entry(lines: Sequence[tuple[str, Decimal, Decimal]], expected: Sequence[tuple[str, str, str]]) -> None:
    """Lines of an entry as (account code, debit, credit), whatever their order."""
    assert sorted(lines) == sorted((code, Decimal(debit), Decimal(credit)) for code, debit, credit in expected)


def entry_lines_of(company: Company, document: Any, purpose: str | None = None) -> list[tuple[str, Decimal, Decimal]]:
    """(account code, debit, credit) of everything a document has posted."""
    return rows(
        """
        SELECT a.code, l.debit, l.credit FROM ledger_journalline l
        JOIN ledger_journalentry e ON e.id = l.entry_id JOIN ledger_account a ON a.id = l.account_id
        WHERE e.company_id = %(company)s AND e.source_label = %(label)s AND e.source_id = %(id)s
            AND (%(purpose)s::text IS NULL OR e.purpose = %(purpose)s)
        ORDER BY a.code, l.debit
        """,
        company=company.pk,
        label=document._meta.label_lower,
        id=document.pk,
        purpose=purpose,
    )


def assert_grni_equals_receipts(company: Company) -> None:
    """INV-4: GRNI = what was received and not invoiced at receipt value, less what was invoiced before it came."""
    ((open_value,),) = rows(
        """
        SELECT coalesce(sum(l.value - l.invoiced_value), 0) FROM purchasing_receiptline l
        JOIN purchasing_receipt r ON r.id = l.receipt_id AND r.status = 'posted' WHERE l.company_id = %(company)s
        """,
        company=company.pk,
    )
    ((ahead,),) = rows(
        "SELECT coalesce(sum(ahead_amount), 0) FROM purchasing_purchaseorderline WHERE company_id = %(company)s",
        company=company.pk,
    )
    assert balance_of_key(company, AccountKey.GRNI) == ahead - open_value


def assert_all(company: Company) -> None:
    """Everything above that holds for any company at any time."""
    assert_trial_balance_zero(company)
    assert_stock_equals_ledger(company)
    assert_levels_equal_moves(company)
    assert_no_over_reservation(company)
