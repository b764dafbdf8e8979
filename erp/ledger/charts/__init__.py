"""Chart templates, one CSV file each: code, name, kind, parent's code, flags (group control party), posting keys.

`income_statements.csv` orders the income statement of each: its results from the top, and before each the kinds that it
adds to the one above."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from erp.ledger.enums import AccountKey, AccountKind, ChartTemplate, Result

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class TemplateAccount:
    """A row of a chart template. Parents stand before their children."""

    code: str
    name: str
    kind: AccountKind
    parent: str
    flags: frozenset[str]
    keys: tuple[AccountKey, ...]


@cache
def chart(template: ChartTemplate) -> tuple[TemplateAccount, ...]:
    """The accounts of a template, in the order of the file."""
    with (FOLDER / f"{template.value}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            TemplateAccount(
                code=row["code"],
                name=row["name"],
                kind=AccountKind(row["kind"]),
                parent=row["parent"],
                flags=frozenset(row["flags"].split()),
                keys=tuple(AccountKey(key) for key in row["keys"].split()),
            )
            for row in csv.DictReader(file)
        )


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A result of the income statement, and the kinds between it and the result before it, in reading order."""

    result: Result
    kinds: tuple[AccountKind, ...]


@cache
def income_layout(template: ChartTemplate) -> tuple[ResultLine, ...]:
    """The results of a template's income statement, in reading order."""
    with (FOLDER / "income_statements.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            ResultLine(Result(row["result"]), tuple(AccountKind(kind) for kind in row["kinds"].split()))
            for row in csv.DictReader(file)
            if row["template"] == template
        )
