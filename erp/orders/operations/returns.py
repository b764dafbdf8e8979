"""Taking goods back (P6): inspected goods re-enter stock at their issued cost, or are written off; what had been
invoiced is credited by a draft credit note."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.access.models import User
from core.catalog.enums import ItemKind
from core.company.queries import local_date
from core.documents.references import RecordRef
from core.documents.sequences import draw_number
from core.errors import InvalidInputError, WrongStateError
from core.events.outbox import record
from core.fields import ZERO
from erp.inventory.errors import plain
from erp.inventory.posting import MoveInput, post_moves
from erp.ledger.enums import AccountKey
from erp.orders.cogs import Transfer, post_cogs, post_transfers
from erp.orders.enums import DeliveryStatus, ReturnCondition
from erp.orders.errors import QuantityExceededError
from erp.orders.events import SalesReturnReceived
from erp.orders.issued import Issues, in_stock, issues_of, scrapped_before, scrapped_cost
from erp.orders.locking import lock_order_of_delivery, order_lines, save_rows
from erp.orders.matching import clear_residue
from erp.orders.models import Delivery, DeliveryLine, SalesOrderLine, SalesReturn, SalesReturnLine
from erp.orders.numbers import SALES_RETURN
from erp.orders.operations.crediting import credit_returned, lock_invoices
from erp.orders.operations.deliveries import ends, save_states
from erp.orders.operations.quantities import Asked, Given, read_asked
from erp.orders.parts import category_of, ref
from erp.orders.units import part

RETURNED = (
    "returned_quantity",
    "returned_cost",
    "returned_invoiced_quantity",
    "returned_invoiced_cost",
    "invoiced_cost",
)


@dataclass(slots=True)
class Back:
    """Goods of one delivery line that came back in one condition, split into what had been invoiced and what not."""

    row: DeliveryLine
    line: SalesOrderLine
    condition: str
    open_quantity: Decimal
    invoiced_quantity: Decimal
    open_cost: Decimal = ZERO
    invoiced_cost: Decimal = ZERO

    @property
    def quantity(self) -> Decimal:
        return self.open_quantity + self.invoiced_quantity


def receive_return(
    *,
    delivery_id: int,
    lines: Given,
    user: User | None,
    now: dt.datetime,
    return_date: dt.date | None = None,
    reason: str = "",
) -> SalesReturn:
    """Take goods of a shipped delivery back. What was not invoiced yet is taken first and needs no credit note; for the
    rest draft credit notes are made, which somebody posts.

    :param lines: `(delivery_line_id, quantity, condition)`, or mappings with these names, in the order line's unit.
    :raises WrongStateError: the delivery has not been shipped.
    :raises QuantityExceededError: more comes back than the customer has.
    :raises InvalidInputError: no line, part of a kit, or a day before the delivery.
    :raises PeriodClosedError: the day lies in a closed period.
    """
    asked = read_asked(lines, "delivery_line_id")
    with transaction.atomic():
        # Invoices come before orders in the order of locks, because posting an invoice locks its orders.
        lock_invoices(delivery_id)
        order = lock_order_of_delivery(delivery_id)
        delivery = Delivery.objects.select_related("warehouse", "company__currency").get(pk=delivery_id)
        day = return_date or local_date(delivery.company, now)
        _require_returnable(delivery, asked, day)
        all_lines = order_lines([order])
        rows = list(delivery.lines.all())
        backs = _split(asked, rows, all_lines)
        sales_return = _new_return(delivery, user, day, reason)
        issues = issues_of(delivery)
        _move_back(sales_return, delivery, backs, issues, user=user, now=now)
        _scrap(sales_return, delivery, backs, issues, user=user, now=now)
        _count(backs)
        _clear_residues(sales_return, delivery, backs, user=user, now=now)
        save_rows(rows, *RETURNED)
        save_rows(
            [line for line in all_lines if line.needs_delivery], "returned_quantity", "returned_uninvoiced_quantity"
        )
        _write_lines(sales_return, backs)
        save_states(order, all_lines)
        credit_returned(sales_return, [(b.line, b.invoiced_quantity) for b in backs], user=user, now=now)
        record(SalesReturnReceived(sales_return_id=sales_return.pk), company_id=delivery.company_id)
    return sales_return


def _require_returnable(delivery: Delivery, asked: Sequence[Asked], day: dt.date) -> None:
    if delivery.status != DeliveryStatus.SHIPPED:
        raise WrongStateError(
            _("%(delivery)s has not been shipped.") % {"delivery": delivery},
            hint=_("Only goods that have left can come back."),
        )
    if not asked:
        raise InvalidInputError(
            _("Nothing comes back."), code="no_lines", field="lines", hint=_("Enter a quantity on a line.")
        )
    if day < delivery.document_date:
        raise InvalidInputError(
            _("The goods left on %(date)s.") % {"date": delivery.document_date},
            code="return_before_delivery",
            field="return_date",
            hint=_("Use that day or a later one."),
        )


def _split(asked: Sequence[Asked], rows: Sequence[DeliveryLine], lines: Sequence[SalesOrderLine]) -> list[Back]:
    """What is asked, by what had been invoiced. Nothing is written yet, so two conditions of a line share its open
    part."""
    by_id, orders = {row.pk: row for row in rows}, {line.pk: line for line in lines}
    open_left = {row.pk: row.open_quantity for row in rows}
    kept_left = {row.pk: row.kept_quantity for row in rows}
    backs = []
    for one in asked:
        row = by_id.get(one.line_id)
        if row is None:
            raise InvalidInputError(_("This line does not belong to the delivery."), field="lines")
        if one.quantity > kept_left[row.pk]:
            raise QuantityExceededError(
                _("%(line)s: the customer has %(left)s of it.")
                % {"line": row.description or row.item_id, "left": plain(kept_left[row.pk])},
                field="lines",
                hint=_("Lower the quantity."),
            )
        _require_whole_kits(orders[row.order_line_id], one.quantity, kept_left[row.pk])
        kept_left[row.pk] -= one.quantity
        uninvoiced = min(one.quantity, open_left[row.pk])
        open_left[row.pk] -= uninvoiced
        backs.append(Back(row, orders[row.order_line_id], one.condition, uninvoiced, one.quantity - uninvoiced))
    return backs


def _require_whole_kits(line: SalesOrderLine, quantity: Decimal, kept: Decimal) -> None:
    """Part of a kit is no share of each component: half a kit of one lamp is not half a lamp."""
    is_kit = line.item is not None and line.item.kind == ItemKind.KIT
    if is_kit and quantity != kept and line.stock_quantity * quantity / line.quantity % 1:
        raise InvalidInputError(
            _("%(item)s is a kit and comes back whole.") % {"item": line.item},
            code="part_of_kit",
            field="lines",
            hint=_("Take a single component in by a stock adjustment, and credit it by a credit note of its own."),
        )


def _new_return(delivery: Delivery, user: User | None, day: dt.date, reason: str) -> SalesReturn:
    sales_return = SalesReturn(
        company=delivery.company,
        delivery=delivery,
        party_id=delivery.party_id,
        currency_id=delivery.currency_id,
        warehouse=delivery.warehouse,
        owner_id=delivery.owner_id,
        team_id=delivery.team_id,
        document_date=day,
        reason=reason.strip(),
        created_by=user,
    )
    sales_return.number = draw_number(SALES_RETURN, company_id=delivery.company_id, on=day)
    sales_return.save(force_insert=True)
    return sales_return


def _move_back(
    sales_return: SalesReturn,
    delivery: Delivery,
    backs: Sequence[Back],
    issues: Mapping[int, Issues],
    *,
    user: User | None,
    now: dt.datetime,
) -> None:
    """Post the moves of resaleable goods, the part that was never invoiced against its own account."""
    resale = [back for back in backs if back.condition == ReturnCondition.RESALE]
    if not resale:
        return
    stock, customers = ends(delivery)
    moves: list[MoveInput] = []
    owners: list[tuple[Back, bool]] = []
    for back in resale:
        for is_open, quantity in ((True, back.open_quantity), (False, back.invoiced_quantity)):
            key = AccountKey.STOCK_INTERIM if is_open else AccountKey.COGS
            for item_id, left in issues[back.line.pk].items():
                wanted = in_stock(left, quantity, back.row)
                for issue in left:
                    if taken := issue.take(wanted):
                        wanted -= taken
                        moves.append(
                            MoveInput(
                                item_id, taken, customers, stock, returns_move_id=issue.move_id, counter_key=key,
                                counter_category_id=category_of(back.line), line=ref(back.line),
                            )
                        )  # fmt: skip
                        owners.append((back, is_open))
    posted = post_moves(
        company_id=delivery.company_id,
        move_date=sales_return.document_date,
        moves=moves,
        source=RecordRef.of(sales_return),
        source_number=sales_return.number or "",
        user=user,
        now=now,
    )
    for move, (back, is_open) in zip(posted, owners, strict=True):
        if is_open:
            back.open_cost += move.value
        else:
            back.invoiced_cost += move.value


def _scrap(
    sales_return: SalesReturn,
    delivery: Delivery,
    backs: Sequence[Back],
    issues: Mapping[int, Issues],
    *,
    user: User | None,
    now: dt.datetime,
) -> None:
    """Goods that cannot be sold again never re-enter stock: their issued cost is a loss instead of a cost of sale."""
    scrapped = [back for back in backs if back.condition == ReturnCondition.SCRAP]
    if not scrapped:
        return
    minor_unit, before = delivery.company.currency.quantum, scrapped_before(delivery)
    transfers: list[Transfer] = []
    for back in scrapped:
        row, category = back.row, category_of(back.line)
        gone = before.get(row.pk, ZERO)
        whole = scrapped_cost(issues[back.line.pk], row, gone, back.quantity, minor_unit)
        before[row.pk] = gone + back.quantity
        back.open_cost = part(whole, back.open_quantity, back.quantity, minor_unit)
        back.invoiced_cost = whole - back.open_cost
        loss = AccountKey.INVENTORY_DIFFERENCE
        transfers.append((loss, AccountKey.STOCK_INTERIM, category, back.open_cost))
        transfers.append((loss, AccountKey.COGS, category, back.invoiced_cost))
    post_transfers(sales_return, transfers, purpose="scrap", on=sales_return.document_date, user=user, now=now)


def _count(backs: Sequence[Back]) -> None:
    """Carry what came back onto delivery and order lines, in memory."""
    for back in backs:
        row, line = back.row, back.line
        row.returned_quantity += back.quantity
        row.returned_cost += back.open_cost + back.invoiced_cost
        row.returned_invoiced_quantity += back.invoiced_quantity
        row.returned_invoiced_cost += back.invoiced_cost
        line.returned_quantity += back.quantity
        line.returned_uninvoiced_quantity += back.open_quantity


def _clear_residues(
    sales_return: SalesReturn, delivery: Delivery, backs: Sequence[Back], *, user: User | None, now: dt.datetime
) -> None:
    matched = [one for row in {back.row.pk: back.row for back in backs}.values() for one in clear_residue(row)]
    categories = {back.line.pk: back.line.item.category_id for back in backs if back.line.item is not None}
    post_cogs(sales_return, matched, categories, on=sales_return.document_date, user=user, now=now)


def _write_lines(sales_return: SalesReturn, backs: Sequence[Back]) -> None:
    SalesReturnLine.objects.bulk_create(
        SalesReturnLine(
            company_id=sales_return.company_id,
            sales_return=sales_return,
            delivery_line=back.row,
            position=position,
            quantity=back.quantity,
            condition=back.condition,
            cost_amount=back.open_cost + back.invoiced_cost,
            invoiced_quantity=back.invoiced_quantity,
        )
        for position, back in enumerate(backs, 1)
    )
