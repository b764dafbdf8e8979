"""The chart of accounts as light rows, for reports that need all of it."""

from __future__ import annotations

from dataclasses import dataclass

from erp.ledger.enums import AccountKind, Section
from erp.ledger.models import Account


@dataclass(frozen=True, slots=True)
class ChartRow:
    """What reports need of an account."""

    pk: int
    code: str
    name: str
    kind: AccountKind

    @property
    def section(self) -> Section:
        return self.kind.section


def chart_rows(company_id: int, account_id: int | None = None) -> list[ChartRow]:
    """The accounts of a company in the order of their codes, or one of them."""
    found = Account.objects.filter(company_id=company_id).order_by("code")
    if account_id is not None:
        found = found.filter(pk=account_id)
    rows = found.values_list("pk", "code", "name", "kind")
    return [ChartRow(pk, code, name, AccountKind(kind)) for pk, code, name, kind in rows]
