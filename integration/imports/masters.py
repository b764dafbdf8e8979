"""Steps for master data: the same for every legacy company."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from core.imports.dataset import ImportContext, Step, made, refuse
from core.imports.models import StagedRow
from core.parties.models import Party
from core.parties.operations import create_party, update_party
from integration.imports.undoing import delete_unreferenced
from integration.imports.values import ValueRefusedError

Values = dict[str, Any]


class MasterStep(Step):
    """Rows that become master data one by one. A subclass reads a row's values and writes them."""

    @abstractmethod
    def read(self, row: StagedRow, context: ImportContext) -> Values | None:
        """The row's values; None when a question has to be answered first.

        :raises ValueRefusedError: the row cannot be imported.
        """

    @abstractmethod
    def write(self, row: StagedRow, values: Values, context: ImportContext) -> Any:
        """Create or change the row's record and return it."""

    def check(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        for row in rows:
            try:
                self.read(row, context)
            except ValueRefusedError as reason:
                refuse(row, reason)

    def commit(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        for row in rows:
            values = self.read(row, context)
            if values is None:
                raise ValueRefusedError(f"{self.table} {row.key} waits for an answer")
            made(row, self.write(row, values, context))

    def undo(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        delete_unreferenced(rows)


class PartyStep(MasterStep):
    """Rows that become parties."""

    def __init__(self, table: str, values: Callable[[StagedRow, ImportContext], Values | None]) -> None:
        self.table, self._values = table, values

    def read(self, row: StagedRow, context: ImportContext) -> Values | None:
        return self._values(row, context)

    def write(self, row: StagedRow, values: Values, context: ImportContext) -> Party:
        acting: Values = {"user": context.user, "now": context.now}
        if row.record is not None:
            for name in ("addresses", "contact_points"):
                values.pop(name, None)
            return update_party(party_id=row.record.id, **acting, **values)
        external_id = context.external_id(self.table, row.key)
        return create_party(company_id=context.company.pk, external_id=external_id, strict=False, **acting, **values)


def phones(*numbers: tuple[str, str]) -> list[dict[str, str]]:
    """Contact points of the kinds and numbers that are there."""
    return [{"kind": kind, "value": number.strip()} for kind, number in numbers if number.strip()]
