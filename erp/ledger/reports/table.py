"""A report as rows and cells. Every figure may carry the address of the rows it is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import urlencode

from django.urls import reverse

from core.ui import formats

MINUS = "−"
Value = str | Decimal | dt.date | None
Style = Literal["row", "group", "total", "result"]


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is text, money, quantity or date."""

    label: str
    kind: str = "text"

    @property
    def css(self) -> str:
        return f"cell-{self.kind}"

    @property
    def adds_up(self) -> bool:
        """Whether a total of it is the sum of its rows; a rate is not."""
        return self.kind != "rate"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and what it opens."""

    value: Value = None
    url: str = ""

    def text(self, currency: str) -> str:
        """As people read it; zero is an en dash, and a minus is a minus."""
        if isinstance(self.value, Decimal):
            return formats.money(self.value, currency).replace("-", MINUS) if self.value else formats.NOTHING
        if isinstance(self.value, dt.date):
            return formats.date(self.value)
        return self.value or ""


@dataclass(frozen=True, slots=True)
class QuantityCell(Cell):
    """A quantity or a count; zero is an en dash like an amount of zero."""

    def text(self, currency: str) -> str:
        if not isinstance(self.value, Decimal) or not self.value:
            return formats.NOTHING
        return formats.quantity(self.value).replace("-", MINUS)


@dataclass(frozen=True, slots=True)
class RateCell(Cell):
    """A percentage with two decimals."""

    def text(self, currency: str) -> str:
        return formats.number(self.value, 2) if isinstance(self.value, Decimal) else ""


@dataclass(frozen=True, slots=True)
class Row:
    """`group` heads what follows, `total` sums what came before, `result` is a line of its own weight.

    :ivar adds: the rows of the table that this one adds up, as (index, sign); a workbook writes it as a formula.
    """

    cells: tuple[Cell, ...]
    style: Style = "row"
    adds: tuple[tuple[int, int], ...] = ()

    @property
    def is_strong(self) -> bool:
        return self.style in ("total", "result")


@dataclass(frozen=True, slots=True)
class Table:
    """A whole report.

    :ivar about: what it says about itself: company, days, currency.
    """

    title: str
    currency: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    about: tuple[tuple[str, str], ...] = field(default=())

    def drawn(self) -> list[dict[str, Any]]:
        """Rows as the template draws them."""
        return [
            {
                "is_group": row.style == "group",
                "is_strong": row.is_strong,
                "style": row.style,
                "cells": [
                    {
                        "text": cell.text(self.currency),
                        "url": cell.url if cell.value else "",
                        "css": column.css,
                        "label": column.label,
                    }
                    for column, cell in zip(self.columns, row.cells, strict=True)
                ],
            }
            for row in self.rows
        ]


def added(rows: Sequence[Row], first: int = 0) -> tuple[tuple[int, int], ...]:
    """`adds` of a total over the plain rows from index `first` on."""
    return tuple((index, 1) for index, row in enumerate(rows) if index >= first and row.style == "row")


def lines_url(**filters: Any) -> str:
    """The journal lines behind a figure. Days are dates, several values are a list."""
    return f"{reverse('ui:journal-lines-list')}?{_query(filters)}"


def report_url(name: str, **params: Any) -> str:
    """Another report of the ledger."""
    return f"{reverse(f'ledger:{name}')}?{_query(params)}"


def _query(params: Mapping[str, Any]) -> str:
    """Several values are a parameter each: a list page reads so many, but no longer one than some hundred signs."""
    given = {name: value for name, value in params.items() if value not in (None, "", [], ())}
    return urlencode({name: _text(value) for name, value in given.items()}, doseq=True)


def _text(value: Any) -> str | list[str]:
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else str(value)
