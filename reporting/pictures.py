"""What the templates of a dashboard are given: a chart with its table, and a list of what needs doing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.ui import formats


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a chart's table: a figure opens its rows."""

    value: str
    url: str = ""
    num: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture and the table behind it."""

    id: str
    title: str
    data: dict[str, Any]
    table: dict[str, Any]
    url: str = ""
    note: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do."""

    url: str
    title: str
    subtitle: str = ""
    value: str = ""
    badge: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class TodoList:
    """What needs doing, the most urgent first."""

    title: str
    rows: list[Row] = field(default_factory=list)
    more_url: str = ""
    count: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Figures of one name, in the order of the categories, and what each opens."""

    name: str
    values: Sequence[Decimal]
    urls: Sequence[str]
    total_url: str = ""


def chart(
    chart_id: str,
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    *,
    kind: str,
    heading: str,
    currency: str = "",
    totals: bool = True,
    **more: Any,
) -> Chart:
    """Put a picture and its table together from the same figures. `currency` empty means plain numbers."""
    data: dict[str, Any] = {
        "type": kind,
        "unit": currency,
        "categories": list(categories),
        "series": [
            {"name": one.name, "values": [str(value) for value in one.values], "urls": list(one.urls)} for one in series
        ],
        "horizontal": more.pop("horizontal", False),
    }
    columns = [{"label": heading, "num": False}, *({"label": one.name, "num": True} for one in series)]
    rows = [
        {
            "cells": [
                Cell(name, num=False),
                *(Cell(shown(one.values[number], currency), one.urls[number]) for one in series),
            ]
        }
        for number, name in enumerate(categories)
    ]
    foot = [Cell("Σ", num=False), *(Cell(shown(sum(one.values), currency), one.total_url) for one in series)]
    table = {"columns": columns, "rows": rows, "totals": foot if totals and rows else []}
    return Chart(chart_id, title, data, table, **more)


def shown(value: Decimal | int, currency: str) -> str:
    """A figure as people of this language write it."""
    return formats.money(Decimal(value), currency) if currency else formats.number(Decimal(value))
