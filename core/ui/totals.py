"""Totals of a document as panels, forms and papers show them: label, value, and strong for the one that counts."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.catalog.pricing import TaxKind, TaxTotal
from core.ui import formats

Row = dict[str, Any]


def total_rows(net: Decimal, between: Iterable[Row], total: Decimal, currency: str) -> list[Row]:
    """The net amount, what stands between (taxes), and what is to be paid, in the currency of the document."""
    return [
        {"label": _("Net"), "value": formats.money(net, currency)},
        *between,
        {"label": _("Total"), "value": formats.money_with_currency(total, currency), "strong": True},
    ]


def tax_row(amount: Decimal, currency: str) -> Row:
    """All taxes in one."""
    return {"label": _("Tax"), "value": formats.money(amount, currency)}


def each_tax(taxes: Iterable[TaxTotal], currency: str) -> list[Row]:
    """Each tax of a priced document with what it is reckoned from."""
    return [
        tax_on_base(tax_name(tax.name or tax.code, tax.kind, tax.rate), tax.base, tax.amount, currency) for tax in taxes
    ]


def tax_on_base(tax: str, base: Decimal, amount: Decimal, currency: str) -> Row:
    """One tax with what it is reckoned from."""
    label = _("%(tax)s on %(base)s") % {"tax": tax, "base": formats.money(base, currency)}
    return {"label": label, "value": formats.money(amount, currency)}


def tax_name(name: str, kind: str, rate: Decimal) -> str:
    """The tax with its rate, which the reader must find whatever the name is."""
    percent = formats.percent(rate)
    is_said = kind != TaxKind.PERCENT or re.search(rf"(?<![\d.,]){re.escape(_close(percent))}", _close(name))
    return name if is_said else f"{name} ({percent})"


def _close(text: str) -> str:
    return "".join(text.split())
