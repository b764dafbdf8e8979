"""What the database itself keeps: an allocation takes its amount off both open items, never more than is left, and
nothing else may change them; a posted document stays as it was posted, with its lines."""

from collections.abc import Sequence
from typing import Any

import pgtrigger

_DEMO = """current_setting('app.drop_demo_company', true) = OLD.company_id::text
       AND EXISTS (SELECT 1 FROM company_company c WHERE c.id = OLD.company_id AND c.is_demo)"""

_GUARD = """
    IF TG_OP = 'INSERT' THEN
        NEW.open_amount := NEW.amount;
        NEW.open_currency_amount := NEW.currency_amount;
        NEW.first_allocation_date := NULL;
        NEW.last_allocation_date := NULL;
        NEW.settled_date := NULL;
        NEW.life := NULL;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND {demo} THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 THEN
        NEW.settled_date := CASE
            WHEN NEW.open_amount = 0 AND NEW.open_currency_amount = 0 THEN NEW.last_allocation_date END;
        NEW.life := CASE
            WHEN NEW.settled_date > NEW.document_date
            THEN 33 - position('1' IN (NEW.settled_date - NEW.document_date)::bit(32)::text)
            WHEN NEW.settled_date IS NOT NULL THEN 0 END;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'open items change by allocations only' USING ERRCODE = 'restrict_violation';
""".replace("{demo}", _DEMO)

_POSTED = """
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' AND {demo} THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND ({new}) IS NOT DISTINCT FROM ({old}) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a posted % stays as it was posted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
"""

_POSTED_LINES = """
    IF TG_OP <> 'INSERT' AND {demo} THEN
        RETURN OLD;
    END IF;
    IF EXISTS (
        SELECT 1 FROM {parent} parent
        WHERE parent.id = (CASE TG_OP WHEN 'INSERT' THEN NEW.invoice_id ELSE OLD.invoice_id END)
            AND parent.posted_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the lines of a posted % stay as they were posted', '{parent}'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
"""

_SETTLE = """
    UPDATE invoicing_openitem AS item SET
        open_amount = item.open_amount - taken.amount,
        open_currency_amount = item.open_currency_amount - taken.currency_amount,
        first_allocation_date = least(item.first_allocation_date, taken.first_date),
        last_allocation_date = greatest(item.last_allocation_date, taken.last_date)
    FROM (
        SELECT item_id, sum(amount) AS amount, sum(currency_amount) AS currency_amount,
               min(effective_date) AS first_date, max(effective_date) AS last_date
        FROM (
            SELECT debit_item_id AS item_id, debit_amount AS amount, currency_amount, effective_date FROM added
            UNION ALL
            SELECT credit_item_id, -credit_amount, -currency_amount, effective_date FROM added
        ) AS sides
        GROUP BY item_id
    ) AS taken
    WHERE item.id = taken.item_id;
    RETURN NULL;
"""


class OpenItemGuard(pgtrigger.Trigger):  # type: ignore[misc]
    """Opens an item with its full amount and refuses every change that is not made by an allocation."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    func = _GUARD

    def __init__(self) -> None:
        super().__init__(name="open_item_guard")


class SettleItems(pgtrigger.Trigger):  # type: ignore[misc]
    """Takes new allocations off their items, one statement for however many rows; the CHECKs refuse too much."""

    when = pgtrigger.After
    level = pgtrigger.Statement
    operation = pgtrigger.Insert
    referencing = pgtrigger.Referencing(new="added")
    func = _SETTLE

    def __init__(self) -> None:
        super().__init__(name="settle_items")


class PostedGuard(pgtrigger.Trigger):  # type: ignore[misc]
    """Keeps what a document said when it was posted. `columns` are those that never change after."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def __init__(self, columns: Sequence[str]) -> None:
        new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
        func = _POSTED.replace("{demo}", _DEMO).replace("{new}", new).replace("{old}", old)
        super().__init__(name="posted_guard", func=func)


class PostedLinesGuard(pgtrigger.Trigger):  # type: ignore[misc]
    """Keeps the lines of a posted document as they are: none changed, none removed, none added."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

    def __init__(self, **options: Any) -> None:
        super().__init__(name="posted_lines_guard", **options)

    def get_func(self, model: Any) -> str:
        parent = model._meta.get_field("invoice").related_model._meta.db_table
        return _POSTED_LINES.replace("{demo}", _DEMO).replace("{parent}", parent)
