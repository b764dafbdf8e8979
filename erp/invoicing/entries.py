"""The journal entry of an invoice while it is being put together, in the company's currency (P2, P4 and P6 of the
posting matrix): control account per instalment, revenue or cost per account, tax per tax."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.catalog.pricing import TaxTotal, split_instalments
from core.catalog.pricing.rounding import apportion, rounded
from erp.invoicing.models import InvoiceBase, InvoiceLineBase
from erp.invoicing.terms import Instalment
from erp.ledger.posting import EntryLine
from erp.ledger.queries import AccountBook

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PayTo:
    """Our bank account, as the paper of an invoice names it."""

    bank_name: str
    iban: str
    bic: str


@dataclass(slots=True)
class EntryDraft:
    """Lines of the entry so far. Amounts of consequences are in the company's currency.

    :ivar line_amounts: net of each invoice line by its id in the company's currency, with the sign it has on the
        document (positive on an invoice as on a credit note).
    :ivar day: the day of the entry.
    :ivar later: balanced lines of days after it, each day an entry of its own behind this one.
    :ivar delivered_on: days on which goods left that the invoice is for; the paper says so.
    :ivar pay_to: where the customer pays to; the paper says so.
    :ivar book: accounts of the company; consequences find theirs with `book.account_id(key, item_category_id)`.
    """

    book: AccountBook
    line_amounts: dict[int, Decimal]
    day: dt.date
    lines: list[EntryLine] = field(default_factory=list)
    later: dict[dt.date, list[EntryLine]] = field(default_factory=dict)
    covered: set[int] = field(default_factory=set)
    delivered_on: set[dt.date] = field(default_factory=set)
    pay_to: PayTo | None = None

    def add(self, *lines: EntryLine, on: dt.date | None = None) -> None:
        """Further lines, balanced among themselves.

        :param on: the day of the goods they are about; goods that move after the invoice's day are booked on theirs.
        """
        if on is None or on <= self.day:
            self.lines.extend(lines)
        elif lines:
            self.later.setdefault(on, []).extend(lines)

    def cover(self, line: InvoiceLineBase, *lines: EntryLine) -> None:
        """Lines that stand for the net of `line` instead of its usual account."""
        self.covered.add(line.pk)
        self.lines.extend(lines)


@dataclass(frozen=True, slots=True)
class CompanyAmounts:
    """An invoice in the company's currency. Everything adds up to `total`."""

    total: Decimal
    nets: tuple[Decimal, ...]
    taxes: tuple[Decimal, ...]
    bases: tuple[Decimal, ...]
    instalments: tuple[Decimal, ...]


def company_amounts(
    invoice: InvoiceBase,
    lines: Sequence[InvoiceLineBase],
    taxes: Sequence[TaxTotal],
    parts: Sequence[Instalment],
    *,
    minor_units: int,
) -> CompanyAmounts:
    """Convert at the rate of the document date. The total is converted and rounded once; nets and taxes get their cents
    by largest remainder, instalments with the remainder on the last, so the entry balances without a rounding line."""
    own = [line.net_amount for line in lines], [tax.amount for tax in taxes], [tax.base for tax in taxes]
    amounts = tuple(part.amount for part in parts)
    rate = invoice.exchange_rate
    if rate is None or rate == 1:
        return CompanyAmounts(invoice.total_amount, *(tuple(group) for group in own), amounts)  # type: ignore[call-arg]
    quantum = Decimal(1).scaleb(-minor_units)
    total = rounded(invoice.total_amount * rate, quantum)
    exact = [amount * rate for amount in (*own[0], *own[1])]
    shares = apportion(exact, total, quantum) if exact else []
    return CompanyAmounts(
        total,
        tuple(shares[: len(lines)]),
        tuple(shares[len(lines) :]),
        tuple(rounded(base * rate, quantum) for base in own[2]),
        split_instalments(total, amounts, minor_units) if invoice.total_amount else (total,),
    )


def net_lines(
    lines: Iterable[InvoiceLineBase], accounts: Mapping[int, int], draft: EntryDraft, direction: int
) -> list[EntryLine]:
    """One journal line an account for the nets that no consequence has covered; `direction` 1 debits them."""
    sums: dict[int, Decimal] = {}
    for line in lines:
        if line.pk not in draft.covered:
            account_id = accounts[line.pk]
            sums[account_id] = sums.get(account_id, ZERO) + draft.line_amounts[line.pk]
    return [EntryLine.signed(account_id, amount * direction) for account_id, amount in sums.items() if amount]
