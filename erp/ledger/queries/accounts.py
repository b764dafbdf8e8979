"""Which account answers to a key."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from core.catalog.enums import TaxDirection
from erp.ledger.enums import AccountKey
from erp.ledger.errors import NoPostingRuleError

_RULES = """
WITH RECURSIVE category AS (
    SELECT id AS wanted, id, parent_id, 0 AS distance FROM catalog_itemcategory WHERE id = ANY(%(categories)s)
    UNION ALL
    SELECT c.wanted, p.id, p.parent_id, c.distance + 1 FROM category c JOIN catalog_itemcategory p ON p.id = c.parent_id
)
SELECT r.key, NULL::bigint AS subject, r.account_id, 0 AS distance FROM ledger_postingrule r
WHERE r.company_id = %(company)s AND r.key = ANY(%(keys)s) AND r.item_category_id IS NULL
UNION ALL
SELECT r.key, c.wanted, r.account_id, c.distance FROM ledger_postingrule r JOIN category c ON c.id = r.item_category_id
WHERE r.company_id = %(company)s AND r.key = ANY(%(keys)s)
UNION ALL
SELECT 'tax', t.tax_id, t.account_id, 0 FROM ledger_taxaccount t WHERE t.company_id = %(company)s AND %(taxes)s
ORDER BY distance DESC
"""
_TAX_KEYS = {TaxDirection.SALE: AccountKey.OUTPUT_TAX, TaxDirection.PURCHASE: AccountKey.INPUT_TAX}


@dataclass(frozen=True, slots=True)
class AccountBook:
    """The accounts a posting needs, read at once."""

    general: Mapping[str, int] = field(default_factory=dict)
    by_category: Mapping[tuple[str, int], int] = field(default_factory=dict)
    by_tax: Mapping[int, int] = field(default_factory=dict)

    def account_id(self, key: AccountKey, item_category_id: int | None = None) -> int:
        """The account of the nearest category's rule, or of the general rule.

        :raises NoPostingRuleError: when neither exists.
        """
        if item_category_id is not None and (key, item_category_id) in self.by_category:
            return self.by_category[key, item_category_id]
        if key not in self.general:
            raise NoPostingRuleError(
                _("No posting rule says which account stands for %(key)s.") % {"key": AccountKey(key).label},
                params={"key": str(key)},
                hint=_("Add one under Finance, Posting rules."),
            )
        return self.general[key]

    def tax_account_id(self, tax_id: int | None, direction: TaxDirection | str) -> int:
        """The account of a tax, or of all taxes of its direction.

        :raises NoPostingRuleError: when neither is set.
        """
        if tax_id is not None and tax_id in self.by_tax:
            return self.by_tax[tax_id]
        return self.account_id(_TAX_KEYS[TaxDirection(direction)])


def accounts_for(
    company_id: int, keys: Collection[AccountKey], item_category_ids: Collection[int | None] = ()
) -> AccountBook:
    """Read the accounts of these keys in one statement. Asking for a tax key brings the accounts of all taxes."""
    categories = sorted({category for category in item_category_ids if category is not None})
    with_taxes = not set(keys).isdisjoint(_TAX_KEYS.values())
    values: dict[str, Any] = {
        "company": company_id,
        "keys": [str(key) for key in keys],
        "categories": categories,
        "taxes": with_taxes,
    }
    general: dict[str, int] = {}
    by_category: dict[tuple[str, int], int] = {}
    by_tax: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_RULES, values)
        for key, subject, account, _distance in cursor.fetchall():
            if subject is None:
                general[key] = account
            elif key == "tax":
                by_tax[subject] = account
            else:
                by_category[key, subject] = account  # nearer categories come later and win
    return AccountBook(general, by_category, by_tax)


def tax_account_id(company_id: int, tax_id: int | None, direction: TaxDirection | str) -> int:
    """The account of one tax; with several, use the AccountBook.

    :raises NoPostingRuleError: when neither the tax nor its direction has one.
    """
    return accounts_for(company_id, _TAX_KEYS.values()).tax_account_id(tax_id, direction)
