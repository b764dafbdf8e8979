"""What the database itself keeps about open items: an allocation takes its amount off both of them, never more than is
left, and nothing else may change them."""

import pgtrigger

_GUARD = """
    IF TG_OP = 'INSERT' THEN
        NEW.open_amount := NEW.amount;
        NEW.open_currency_amount := NEW.currency_amount;
        NEW.last_allocation_date := NULL;
        NEW.settled_date := CASE WHEN NEW.amount = 0 AND NEW.currency_amount = 0 THEN NEW.document_date END;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND current_setting('app.drop_demo_company', true) = OLD.company_id::text
       AND EXISTS (SELECT 1 FROM company_company c WHERE c.id = OLD.company_id AND c.is_demo) THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'open items change by allocations only' USING ERRCODE = 'restrict_violation';
"""

_SETTLE = """
    UPDATE invoicing_openitem AS item SET
        open_amount = item.open_amount - taken.amount,
        open_currency_amount = item.open_currency_amount - taken.currency_amount,
        last_allocation_date = greatest(item.last_allocation_date, taken.effective_date),
        settled_date = CASE
            WHEN item.open_amount = taken.amount AND item.open_currency_amount = taken.currency_amount
            THEN greatest(item.last_allocation_date, taken.effective_date)
        END
    FROM (
        SELECT item_id, sum(amount) AS amount, sum(currency_amount) AS currency_amount,
               max(effective_date) AS effective_date
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
