"""What callers hand to a posting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.documents.references import RecordRef
from erp.ledger.enums import JournalKind

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line of an entry to be posted. Amounts are in the company's currency, rounded to its minor unit.

    A line without any amount and without a tax is left out of the entry.

    :ivar currency_amount: the same amount in `currency_code`, positive in debit.
    :ivar tax_base: on a tax line, what the tax was computed on, signed as the line.
    """

    account_id: int
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    party_id: int | None = None
    description: str = ""
    tax_id: int | None = None
    tax_base: Decimal | None = None
    currency_code: str | None = None
    currency_amount: Decimal | None = None

    @classmethod
    def signed(
        cls,
        account_id: int,
        amount: Decimal,
        *,
        party_id: int | None = None,
        description: str = "",
        tax_id: int | None = None,
        tax_base: Decimal | None = None,
        currency_code: str | None = None,
        currency_amount: Decimal | None = None,
    ) -> EntryLine:
        """A positive amount in debit, a negative one in credit."""
        debit, credit = (amount, ZERO) if amount > 0 else (ZERO, -amount)
        return cls(account_id, debit, credit, party_id, description, tax_id, tax_base, currency_code, currency_amount)

    @property
    def amount(self) -> Decimal:
        return self.debit - self.credit

    @property
    def is_blank(self) -> bool:
        return not (self.debit or self.credit or self.currency_amount or self.tax_id is not None)

    def mirrored(self) -> EntryLine:
        """The line that undoes this one."""
        return EntryLine(
            self.account_id,
            self.credit,
            self.debit,
            self.party_id,
            self.description,
            self.tax_id,
            None if self.tax_base is None else -self.tax_base,
            self.currency_code,
            None if self.currency_amount is None else -self.currency_amount,
        )


@dataclass(frozen=True, slots=True)
class EntryInput:
    """One entry to be posted.

    :ivar journal: a kind, for the default journal of that kind, or the id of a journal.
    :ivar source: the document it is posted for; one entry for each `purpose` of it.
    """

    journal: JournalKind | int
    entry_date: dt.date
    lines: Sequence[EntryLine]
    source: RecordRef
    purpose: str
    source_number: str = ""
    description: str = ""
    reverses_id: int | None = None
    reason: str = ""

    @property
    def key(self) -> tuple[str, int, str]:
        """What makes it the same entry when it is posted again."""
        return (self.source.label, self.source.id, self.purpose)
