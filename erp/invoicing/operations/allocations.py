"""Allocations: settling debit items by credit items of the same party, undoing that, and the exchange difference that a
settlement realises (P14 of the posting matrix)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.catalog.pricing.rounding import rounded
from core.company.models import Company
from core.documents.references import RecordRef
from core.errors import WrongStateError
from erp.invoicing.enums import Side
from erp.invoicing.errors import AllocationDateError, AllocationExceedsItemError, ItemsDoNotMatchError
from erp.invoicing.models import Allocation, InvoiceBase, OpenItem
from erp.invoicing.periods import require_open_period
from erp.ledger.enums import AccountKey, JournalKind
from erp.ledger.posting import EntryLine, post_entry
from erp.ledger.queries import accounts_for

if TYPE_CHECKING:
    from core.access.models import User

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Match:
    """Settle `amount`, in the currency of both items, of a debit item by a credit item."""

    debit_item_id: int
    credit_item_id: int
    amount: Decimal


def allocate(
    *, company_id: int, matches: Sequence[Match], effective_date: dt.date, user: "User | None", now: dt.datetime
) -> list[Allocation]:
    """Settle open items by each other from `effective_date` on. In a foreign currency the difference between the rates
    of the two items is posted as realised exchange gain or loss on the same day.

    :raises ItemsDoNotMatchError: not one debit and one credit item of the same party, side and currency.
    :raises AllocationExceedsItemError: an amount is not positive or more than is open.
    :raises AllocationDateError: `effective_date` lies before one of the documents.
    :raises PeriodClosedError: `effective_date` lies in a closed period: its ageing stays as it was.
    """
    if not matches:
        return []
    with transaction.atomic():
        company = Company.objects.select_related("currency").get(pk=company_id)
        require_open_period(company_id, effective_date)
        items = lock_items({key for match in matches for key in (match.debit_item_id, match.credit_item_id)})
        return write_allocations(company, items, matches, effective_date=effective_date, user=user, now=now)


def write_allocations(
    company: Company,
    items: dict[int, OpenItem],
    matches: Sequence[Match],
    *,
    effective_date: dt.date,
    user: "User | None",
    now: dt.datetime,
) -> list[Allocation]:
    """The rest of `allocate`, for callers that hold the locks of the items and know the period to be open."""
    rows = [_allocation(company, items, match, effective_date, user) for match in matches]
    _require_after_reversals(items, effective_date)
    if rows:
        Allocation.objects.bulk_create(rows)
        _post_differences(company.pk, rows, user=user, now=now)
    return rows


def unallocate(*, allocation_id: int, effective_date: dt.date, user: "User | None", now: dt.datetime) -> Allocation:
    """Undo an allocation by a negative one; both items are open again from `effective_date` on. Undoing it again
    returns the one that undid it.

    :raises WrongStateError: it is itself an undoing.
    :raises AllocationDateError: `effective_date` lies before the allocation.
    :raises PeriodClosedError: `effective_date` lies in a closed period.
    """
    with transaction.atomic():
        found = Allocation.objects.get(pk=allocation_id)
        lock_items({found.debit_item_id, found.credit_item_id})
        existing = Allocation.objects.filter(reverses=found).first()
        if existing is not None:
            return existing
        return reverse_allocations([found], effective_date=effective_date, user=user, now=now)[0]


def reverse_allocations(
    allocations: Sequence[Allocation], *, effective_date: dt.date, user: "User | None", now: dt.datetime
) -> list[Allocation]:
    """Undo several allocations whose items the caller has locked."""
    if not allocations:
        return []
    company_id = allocations[0].company_id
    require_open_period(company_id, effective_date)
    for allocation in allocations:
        if allocation.reverses_id:
            raise WrongStateError(
                _("This row undoes an allocation; it cannot be undone."), hint=_("Allocate the items again.")
            )
        if effective_date < allocation.effective_date:
            raise AllocationDateError(
                _("The allocation took effect on %(date)s; it cannot be undone before.")
                % {"date": allocation.effective_date},
                field="effective_date",
                hint=_("Use that day or a later one."),
            )
    rows = [
        Allocation(
            company_id=company_id,
            debit_item_id=allocation.debit_item_id,
            credit_item_id=allocation.credit_item_id,
            debit_amount=-allocation.debit_amount,
            credit_amount=-allocation.credit_amount,
            currency_amount=-allocation.currency_amount,
            effective_date=effective_date,
            reverses=allocation,
            created_by=user,
        )
        for allocation in allocations
    ]
    Allocation.objects.bulk_create(rows)
    _post_differences(company_id, rows, user=user, now=now)
    return rows


def lock_items(item_ids: Iterable[int]) -> dict[int, OpenItem]:
    """Lock open items in the order of their ids, which is the order everybody uses."""
    rows = OpenItem.objects.select_for_update(of=("self",)).filter(pk__in=set(item_ids)).order_by("pk")
    return {row.pk: row for row in rows}


def pair(debit_items: Sequence[OpenItem], credit_items: Sequence[OpenItem]) -> list[Match]:
    """Match open items in the order given until one side is used up."""
    left = {item.pk: abs(item.open_currency_amount) for item in (*debit_items, *credit_items)}
    matches = []
    for debit in debit_items:
        for credit in credit_items:
            amount = min(left[debit.pk], left[credit.pk])
            if amount:
                matches.append(Match(debit.pk, credit.pk, amount))
                left[debit.pk] -= amount
                left[credit.pk] -= amount
    return matches


def settle_credit_note(
    credit_note: InvoiceBase,
    settled: Sequence[OpenItem],
    items: Sequence[OpenItem],
    *,
    user: "User | None",
    now: dt.datetime,
) -> list[Allocation]:
    """Allocate a credit note against what its invoice has open, in the order given. The rest stays open."""
    sides = (settled, items) if settled[0].currency_amount > 0 else (items, settled)
    return write_allocations(
        credit_note.company,
        {item.pk: item for item in (*settled, *items)},
        pair(*sides),
        effective_date=credit_note.document_date,
        user=user,
        now=now,
    )


def _allocation(
    company: Company, items: dict[int, OpenItem], match: Match, effective_date: dt.date, user: "User | None"
) -> Allocation:
    debit, credit = items.get(match.debit_item_id), items.get(match.credit_item_id)
    if debit is None or credit is None:
        raise ItemsDoNotMatchError(_("An open item does not exist."), field="allocations")
    _require_match(debit, credit, company)
    if effective_date < max(debit.document_date, credit.document_date):
        raise AllocationDateError(
            _("%(item)s does not exist before %(date)s.")
            % {
                "item": max(debit, credit, key=lambda i: i.document_date),
                "date": max(debit.document_date, credit.document_date),
            },
            field="effective_date",
            hint=_("Use that day or a later one."),
        )
    row = Allocation(
        company_id=company.pk,
        debit_item=debit,
        credit_item=credit,
        debit_amount=_share(debit, match.amount, company),
        credit_amount=_share(credit, match.amount, company),
        currency_amount=match.amount,
        effective_date=effective_date,
        created_by=user,
    )
    _take(debit, row.debit_amount, match.amount)
    _take(credit, -row.credit_amount, -match.amount)
    return row


def _require_match(debit: OpenItem, credit: OpenItem, company: Company) -> None:
    if debit.currency_amount <= 0 or credit.currency_amount >= 0:
        raise ItemsDoNotMatchError(
            _("%(first)s and %(second)s are on the same side.") % {"first": debit, "second": credit},
            field="allocations",
            hint=_("An invoice is settled by a payment or a credit note."),
        )
    same = (debit.company_id, debit.party_id, debit.side) == (credit.company_id, credit.party_id, credit.side)
    if not same or debit.company_id != company.pk:
        raise ItemsDoNotMatchError(
            _("%(first)s and %(second)s belong to different parties.") % {"first": debit, "second": credit},
            field="allocations",
            hint=_("Choose items of one party."),
        )
    if debit.currency_id != credit.currency_id:
        raise ItemsDoNotMatchError(
            _("%(first)s is in %(one)s, %(second)s in %(other)s.")
            % {"first": debit, "one": debit.currency_id, "second": credit, "other": credit.currency_id},
            code="currencies_differ",
            field="allocations",
            hint=_("Enter the payment in the currency of the invoice."),
        )


def _share(item: OpenItem, amount: Decimal, company: Company) -> Decimal:
    """Company currency for `amount` of an item's own, positive; the last part takes what is left, so no cent stays."""
    left = abs(item.open_currency_amount)
    if not ZERO < amount <= left:
        raise AllocationExceedsItemError(
            _("%(item)s has %(open)s %(currency)s open.") % {"item": item, "open": left, "currency": item.currency_id},
            field="allocations",
            hint=_("Allocate an amount above zero and not above that."),
            params={"open_item": item.pk, "open_amount": str(left)},
        )
    if amount == left:
        return abs(item.open_amount)  # type: ignore[no-any-return]
    return rounded(abs(item.open_amount) * amount / left, company.currency.quantum)


def _take(item: OpenItem, amount: Decimal, currency_amount: Decimal) -> None:
    """Keep the item in memory as the database's trigger will leave it."""
    item.open_amount -= amount
    item.open_currency_amount -= currency_amount


def _require_after_reversals(items: dict[int, OpenItem], effective_date: dt.date) -> None:
    """An undone allocation counts until it was undone, so a new one cannot take effect before that day."""
    later = [
        key for key, item in items.items() if item.last_allocation_date and item.last_allocation_date > effective_date
    ]
    if not later:
        return
    undone = Allocation.objects.filter(reverses__isnull=False, effective_date__gt=effective_date)
    last = undone.filter(Q(debit_item__in=later) | Q(credit_item__in=later)).order_by("-effective_date").first()
    if last is not None:
        raise AllocationDateError(
            _("An allocation of these items was undone on %(date)s.") % {"date": last.effective_date},
            field="effective_date",
            hint=_("Use that day or a later one."),
        )


def _post_differences(company_id: int, rows: Sequence[Allocation], *, user: "User | None", now: dt.datetime) -> None:
    """Bring the control account to what is open where the rates of the two items differ."""
    differing = [row for row in rows if row.debit_amount != row.credit_amount]
    if not differing:
        return
    book = accounts_for(company_id, (AccountKey.RECEIVABLE, AccountKey.PAYABLE, AccountKey.FX_GAIN, AccountKey.FX_LOSS))
    for row in differing:
        post_entry(
            company_id=company_id,
            journal=JournalKind.GENERAL,
            entry_date=row.effective_date,
            lines=_difference_lines(book, row),
            source=RecordRef.of(row),
            source_number=row.debit_item.document_number,
            purpose="exchange_difference",
            user=user,
            now=now,
        )


def _difference_lines(book: Any, row: Allocation) -> list[EntryLine]:
    """Credit taken off more than debit: the control account is short of the difference, which is a gain."""
    difference = row.credit_amount - row.debit_amount
    key = AccountKey.RECEIVABLE if row.debit_item.side == Side.RECEIVABLE else AccountKey.PAYABLE
    control, party_id = book.account_id(key), row.debit_item.party_id
    is_gain = (difference > 0) != bool(row.reverses_id)
    result = book.account_id(AccountKey.FX_GAIN if is_gain else AccountKey.FX_LOSS)
    amount = abs(difference)
    if difference > 0:
        return [EntryLine(control, debit=amount, party_id=party_id), EntryLine(result, credit=amount)]
    return [EntryLine(result, debit=amount), EntryLine(control, credit=amount, party_id=party_id)]
