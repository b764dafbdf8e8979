"""Chart templates, one CSV file each: code, name, kind, parent's code, flags (group control party), posting keys."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from erp.ledger.enums import AccountKey, AccountKind, ChartTemplate

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
