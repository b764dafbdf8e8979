"""Journal lines between goods delivered, not invoiced, and cost of goods sold."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from core.access.models import User
from core.documents.models import Document
from core.documents.references import RecordRef
from core.fields import ZERO
from erp.ledger.enums import AccountKey, JournalKind
from erp.ledger.posting import EntryLine, post_entry
from erp.ledger.queries import AccountBook, accounts_for
from erp.orders.matching import Matched

Categories = Mapping[int, int | None]
"""Order line → category of its item, which may have accounts of its own."""
Transfer = tuple[AccountKey, AccountKey, int | None, Decimal]
"""Account to debit, account to credit, item category, amount; a negative amount goes the other way."""


def cogs_lines(matched: Iterable[Matched], categories: Categories, book: AccountBook) -> list[EntryLine]:
    """Dr cost of goods sold, Cr goods delivered, not invoiced, by item category; the other way for what is taken
    back."""
    return transfer_lines(
        (
            (AccountKey.COGS, AccountKey.STOCK_INTERIM, categories.get(one.line.order_line_id), one.cost)
            for one in matched
        ),
        book,
    )


def transfer_lines(transfers: Iterable[Transfer], book: AccountBook) -> list[EntryLine]:
    """One journal line an account and side."""
    sums: dict[int, Decimal] = {}
    for debit, credit, category, amount in transfers:
        for key, signed in ((debit, amount), (credit, -amount)):
            account = book.account_id(key, category)
            sums[account] = sums.get(account, ZERO) + signed
    return [EntryLine.signed(account, amount) for account, amount in sums.items() if amount]


def post_cogs(
    document: Document,
    matched: Sequence[Matched],
    categories: Categories,
    *,
    on: dt.date,
    user: User | None,
    now: dt.datetime,
) -> None:
    """An entry of its own, for what becomes cost of goods sold outside an invoice."""
    transfers = [
        (AccountKey.COGS, AccountKey.STOCK_INTERIM, categories.get(one.line.order_line_id), one.cost) for one in matched
    ]
    post_transfers(document, transfers, purpose="cogs", on=on, user=user, now=now)


def post_transfers(
    document: Document,
    transfers: Sequence[Transfer],
    *,
    purpose: str,
    on: dt.date,
    user: User | None,
    now: dt.datetime,
) -> None:
    """Post an entry of the document in the stock journal; nothing to move, no entry.

    :raises PeriodClosedError: the day lies in a closed period.
    """
    moving = [one for one in transfers if one[3]]
    if not moving:
        return
    keys = {key for debit, credit, _category, _amount in moving for key in (debit, credit)}
    book = accounts_for(document.company_id, keys, [category for _debit, _credit, category, _amount in moving])
    lines = transfer_lines(moving, book)
    if not lines:
        return
    post_entry(
        company_id=document.company_id,
        journal=JournalKind.STOCK,
        entry_date=on,
        lines=lines,
        source=RecordRef.of(document),
        purpose=purpose,
        source_number=document.number or "",
        description=_("Cost of goods of %(document)s") % {"document": document},
        user=user,
        now=now,
    )
