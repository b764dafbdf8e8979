"""What purchasing does inside the posting of a supplier invoice: P2, the clearing of GRNI and the price difference."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from core.access.models import User
from core.catalog.models import Unit
from core.documents.references import RecordRef
from core.fields import ZERO
from erp.inventory.posting import AbsorbedCost, CostChange, absorb_cost
from erp.inventory.units import in_stock_unit
from erp.invoicing.entries import EntryDraft
from erp.invoicing.enums import InvoiceKind
from erp.invoicing.models import SupplierInvoice, SupplierInvoiceLine
from erp.ledger.enums import AccountKey
from erp.ledger.posting import EntryLine
from erp.ledger.queries import AccountBook, accounts_for
from erp.purchasing.errors import OverInvoiceError
from erp.purchasing.locking import lock_orders_of_lines, order_lines, received_lines
from erp.purchasing.matching import Cleared, clear, unclear
from erp.purchasing.models import PurchaseOrderLine, ReceiptLine
from erp.purchasing.states import save_states

ORDER_LINE = PurchaseOrderLine._meta.label_lower
RECEIPT_LINE = ReceiptLine._meta.label_lower
Amounts = dict[tuple[AccountKey, int | None], Decimal]
"""(account, item category) → amount, positive in debit."""
ACCOUNTS = (AccountKey.GRNI, AccountKey.INVENTORY, AccountKey.PRICE_DIFFERENCE)


@dataclass(frozen=True, slots=True)
class Asked:
    """An invoice line with its quantity in the order's unit and its net in the company's currency."""

    line: SupplierInvoiceLine
    quantity: Decimal
    amount: Decimal


@dataclass(slots=True)
class Clearing:
    """What the lines of an invoice or credit note add up to, by account and item category.

    :ivar amounts: what is booked on the invoice's day.
    :ivar differences: receipt's move → what its goods cost more than they were received at.
    :ivar days: receipt's move → the day from which the difference is known: the later of invoice and receipt.
    """

    is_credit: bool
    day: dt.date
    quantum: Decimal
    amounts: Amounts = field(default_factory=dict)
    differences: dict[int, Decimal] = field(default_factory=dict)
    days: dict[int, dt.date] = field(default_factory=dict)

    @property
    def sign(self) -> int:
        """1 for an invoice, which takes goods off GRNI; -1 for a credit note, which puts them back."""
        return -1 if self.is_credit else 1

    def take(self, asked: Asked, ordered: PurchaseOrderLine, receipts: Sequence[ReceiptLine]) -> list[ReceiptLine]:
        """Match one line. :returns: the receipt lines it touched."""
        if not ordered.needs_receipt:
            ordered.invoiced_quantity += -asked.quantity if self.is_credit else asked.quantity
            _require_ordered(ordered)
            return []
        match = unclear if self.is_credit else clear
        done, ahead = match(ordered, receipts, asked.quantity, asked.amount, quantum=self.quantum)
        _require_ordered(ordered)
        category = ordered.item.category_id if ordered.item is not None else None
        # The invoice and the goods that it is for may differ; what is left over is for goods that never came.
        rest = asked.amount - ahead - sum((one.amount for one in done), ZERO)
        self.book(AccountKey.GRNI, category, ahead * self.sign)
        self.book(AccountKey.PRICE_DIFFERENCE, category, rest * self.sign)
        for one in done:
            self._clear_goods(one, category)
        return [one.line for one in done]

    def _clear_goods(self, one: Cleared, category: int | None) -> None:
        """Off GRNI at what the goods were received at. The difference goes where the goods are, for a credit note as
        for the invoice: a wrong invoice that is credited leaves no trace in the value of stock. Goods that came after
        the invoice's day are cleared at its price, and the difference waits on GRNI until they came."""
        value, difference, move = one.value * self.sign, (one.amount - one.value) * self.sign, one.line.move_id
        if move is None:
            self.book(AccountKey.GRNI, category, value)
            self.book(AccountKey.PRICE_DIFFERENCE, category, difference)
            return
        day = max(self.day, one.line.receipt.document_date)
        self.book(AccountKey.GRNI, category, value if day == self.day else value + difference)
        self.differences[move] = self.differences.get(move, ZERO) + difference
        self.days[move] = day

    def book(self, key: AccountKey, category: int | None, amount: Decimal) -> None:
        _add(self.amounts, key, category, amount)


def clear_supplier_invoice(
    *,
    invoice: SupplierInvoice,
    lines: Sequence[SupplierInvoiceLine],
    entry: EntryDraft,
    user: User | None,
    now: dt.datetime,
) -> None:
    """Clear what was received for the invoice's lines: Dr GRNI at receipt value, the difference by its on-hand share to
    Inventory, the rest to Price difference. A credit note opens GRNI again and takes its difference back the same way.

    Counts the invoiced quantities of the orders, services included.

    :raises OverInvoiceError: more is invoiced than was ordered or received.
    """
    sources = _sources(lines)
    if not sources:
        return
    orders = lock_orders_of_lines(set(sources.values()))
    every = order_lines(orders)
    known = {line.pk: line for line in every}
    receipts = received_lines([pk for pk in sources.values() if known[pk].needs_receipt])
    units = Unit.objects.in_bulk(_unit_ids(lines, every))
    clearing = Clearing(invoice.kind == InvoiceKind.CREDIT_NOTE, entry.day, invoice.company.currency.quantum)
    touched = []
    for line in lines:
        if line.pk in sources:
            ordered = known[sources[line.pk]]
            asked = Asked(line, _in_order_unit(line, ordered, units), entry.line_amounts[line.pk])
            if ordered.needs_receipt:
                entry.cover(line)
            touched += clearing.take(asked, ordered, receipts.get(ordered.pk, ()))
    later = _absorb(invoice, clearing, user=user, now=now)
    categories = {category for _key, category in clearing.amounts}
    if clearing.amounts:
        book = accounts_for(invoice.company_id, ACCOUNTS, categories)
        entry.add(*_entry_lines(clearing.amounts, book))
        for day, amounts in later.items():
            entry.add(*_entry_lines(amounts, book), on=day)
    ReceiptLine.objects.bulk_update(touched, ["invoiced_quantity", "invoiced_value"])
    PurchaseOrderLine.objects.bulk_update(every, ["invoiced_quantity", "ahead_quantity", "ahead_amount"])
    for order in orders:
        save_states(order, [line for line in every if line.order_id == order.pk])


def _absorb(
    invoice: SupplierInvoice, clearing: Clearing, *, user: User | None, now: dt.datetime
) -> dict[dt.date, Amounts]:
    """Let stock absorb the differences, each on its day. Those of the invoice's day are booked with it; the answer is
    what is to be booked on later days, off GRNI where they waited."""
    later: dict[dt.date, Amounts] = {}
    for day in sorted(set(clearing.days.values())):
        moves = [move for move, known in clearing.days.items() if known == day]
        changes = [CostChange(move, clearing.differences[move]) for move in moves if clearing.differences[move]]
        amounts = clearing.amounts if day == clearing.day else later.setdefault(day, {})
        for one in _absorb_on(day, changes, invoice, user=user, now=now):
            _add(amounts, AccountKey.INVENTORY, one.category_id, one.stock)
            _add(amounts, AccountKey.PRICE_DIFFERENCE, one.category_id, one.issued)
            if day != clearing.day:
                _add(amounts, AccountKey.GRNI, one.category_id, -(one.stock + one.issued))
    return later


def _absorb_on(
    day: dt.date, changes: Sequence[CostChange], invoice: SupplierInvoice, *, user: User | None, now: dt.datetime
) -> list[AbsorbedCost]:
    if not changes:
        return []
    return absorb_cost(
        company_id=invoice.company_id,
        on=day,
        changes=changes,
        source=RecordRef.of(invoice),
        source_number=invoice.supplier_number,
        user=user,
        now=now,
    )


def _add(amounts: Amounts, key: AccountKey, category: int | None, amount: Decimal) -> None:
    amounts[key, category] = amounts.get((key, category), ZERO) + amount


def _entry_lines(amounts: Amounts, book: AccountBook) -> list[EntryLine]:
    return [
        EntryLine.signed(book.account_id(key, category), amount)
        for (key, category), amount in amounts.items()
        if amount
    ]


def _sources(lines: Sequence[SupplierInvoiceLine]) -> dict[int, int]:
    """Invoice line → the order line it is for. A credit note's line has the source of the line it credits."""
    found: dict[int, int] = {}
    from_receipts: dict[int, int] = {}
    for line in lines:
        source = line.credited_line.source if line.credited_line is not None else line.source
        if source is not None and source.label == ORDER_LINE:
            found[line.pk] = source.id
        elif source is not None and source.label == RECEIPT_LINE:
            from_receipts[line.pk] = source.id
    if from_receipts:
        rows = ReceiptLine.objects.filter(pk__in=from_receipts.values()).values_list("pk", "order_line_id")
        order_line_of = dict(rows)
        found |= {pk: order_line_of[receipt] for pk, receipt in from_receipts.items()}
    return found


def _unit_ids(lines: Sequence[SupplierInvoiceLine], every: Sequence[PurchaseOrderLine]) -> set[int]:
    wanted = {line.unit_id for line in (*lines, *every)}
    wanted |= {line.item.unit_id for line in every if line.item is not None}
    return {pk for pk in wanted if pk is not None}


def _in_order_unit(line: SupplierInvoiceLine, ordered: PurchaseOrderLine, units: Mapping[int, Unit]) -> Decimal:
    """The invoiced quantity in the unit of the order's line."""
    if line.unit_id == ordered.unit_id or ordered.item is None or not ordered.stock_quantity:
        return line.quantity
    in_stock = in_stock_unit(line.quantity, line.unit_id, ordered.item, units)
    return in_stock * ordered.quantity / ordered.stock_quantity


def _require_ordered(ordered: PurchaseOrderLine) -> None:
    """Three-way match by quantity: nobody pays for what was neither ordered nor received."""
    limit = max(ordered.quantity, ordered.received_quantity)
    if ordered.invoiced_quantity > limit:
        raise OverInvoiceError(
            _("%(item)s: %(invoiced)s invoiced in all, %(limit)s ordered.")
            % {
                "item": ordered.item or ordered.description,
                "invoiced": f"{ordered.invoiced_quantity.normalize():f}",
                "limit": f"{limit.normalize():f}",
            },
            field="lines",
            hint=_("Correct the quantity, or put what was not ordered on a line of its own."),
        )
