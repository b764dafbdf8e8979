"""The journal entry of a stock posting: the inventory account against what the other location stands for."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInputError
from erp.inventory.enums import LocationKind
from erp.inventory.posting.inputs import KnownItem, Places
from erp.inventory.posting.plan import PlannedMove
from erp.inventory.posting.writing import Occasion
from erp.ledger.enums import AccountKey, JournalKind
from erp.ledger.posting import EntryLine, post_entry
from erp.ledger.queries import AccountBook, accounts_for

ISSUE_COUNTERS = {
    LocationKind.SUPPLIER: AccountKey.GRNI,
    LocationKind.CUSTOMER: AccountKey.STOCK_INTERIM,
    LocationKind.LOSS: AccountKey.INVENTORY_DIFFERENCE,
    LocationKind.SCRAP: AccountKey.INVENTORY_DIFFERENCE,
    LocationKind.OPENING: AccountKey.OPENING_BALANCE,
}
RECEIPT_COUNTERS = {**ISSUE_COUNTERS, LocationKind.CUSTOMER: AccountKey.COGS}
"""A customer's return is booked against COGS, because as a rule it was invoiced; the caller says when it was not."""

ValueLine = tuple[int | None, AccountKey, int | None, Decimal]
"""Item category, counter account and the category whose account it is, change of the value of stock."""


def value_lines(planned: Iterable[PlannedMove], items: Mapping[int, KnownItem], places: Places) -> list[ValueLine]:
    """What each move does to the books.

    :raises InvalidInputError: when a location has no account of its own and none was given.
    """
    found = []
    for step in planned:
        if step.value:
            category = items[step.given.item_id].category_id
            counter = step.given.counter_category_id if step.given.counter_key else category
            found.append((category, counter_key(step, places), counter, step.value))
    return found


def counter_key(step: PlannedMove, places: Places) -> AccountKey:
    move = step.given
    if move.counter_key is not None:
        return move.counter_key
    inward = step.value > 0
    kind = LocationKind(places.kinds[move.from_location_id if inward else move.to_location_id])
    found = (RECEIPT_COUNTERS if inward else ISSUE_COUNTERS).get(kind)
    if found is None:
        raise InvalidInputError(
            _("Moves to and from %(kind)s need an account.") % {"kind": kind.label}, code="counter_account_missing"
        )
    return found


def post_value(lines: Sequence[ValueLine], occasion: Occasion, *, description: str = "") -> None:
    """Post the entry: Dr Inventory Cr counter for what came in, the other way round for what went out. Without value
    there is no entry.

    :raises PeriodClosedError: when the period of the day is closed.
    """
    if not lines:
        return
    book = book_for(occasion.company_id, lines)
    post_entry(
        company_id=occasion.company_id,
        journal=JournalKind.STOCK,
        entry_date=occasion.on,
        lines=entry_lines(lines, book),
        source=occasion.source,
        purpose=occasion.purpose,
        source_number=occasion.source_number,
        description=description or _t("Stock %(number)s") % {"number": occasion.source_number},
        user=occasion.user,
        now=occasion.now,
    )


def book_for(company_id: int, lines: Sequence[ValueLine]) -> AccountBook:
    """The accounts that these lines post to."""
    keys = {AccountKey.INVENTORY, *(key for _category, key, _counter, _value in lines)}
    categories = {found for category, _key, counter, _value in lines for found in (category, counter) if found}
    return accounts_for(company_id, keys, sorted(categories))


def entry_lines(lines: Sequence[ValueLine], book: AccountBook) -> list[EntryLine]:
    """One line an account and side; gains and losses of one account are not netted."""
    sums: dict[tuple[int, bool], Decimal] = {}
    for category, key, counter_category, value in lines:
        inventory = (book.account_id(AccountKey.INVENTORY, category), value > 0)
        counter = (book.account_id(key, counter_category), value < 0)
        for place in (inventory, counter):
            sums[place] = sums.get(place, Decimal(0)) + abs(value)
    return [
        EntryLine(account_id=account, debit=amount) if is_debit else EntryLine(account_id=account, credit=amount)
        for (account, is_debit), amount in sums.items()
    ]
