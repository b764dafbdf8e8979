"""Where front and back office meet: a won deal becomes one sales order, an accepted quotation wins its deal.

Both happen inside the transaction of the act that caused them. Whichever comes first makes the order; the other finds
it."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.catalog.lines import LineData
from core.documents.records import lock_record
from core.documents.references import RecordRef
from core.errors import InvalidInputError
from crm.pipeline.enums import DealStatus
from crm.pipeline.models import Deal
from crm.pipeline.operations import NoCustomerError, reopen_deal, win_deal
from erp.orders.models import Quotation, SalesOrder
from erp.orders.operations import create_quotation, create_sales_order

DEAL = "pipeline.deal"


class NothingToSellError(InvalidInputError):
    """A deal without lines and without an amount says nothing that could be ordered."""

    code = "nothing_to_sell"


def order_won_deal(*, deal: Deal, user: User | None, now: dt.datetime) -> SalesOrder | None:
    """Make the one draft order of a deal that has just been won; registered on `pipeline.deal_won`.

    Its lines are those of the quotation that was accepted, else the deal's own. A deal worth nothing makes no order.
    """
    lines = lines_of(deal)
    if not lines:
        return None
    return create_sales_order(
        company_id=deal.company_id,
        party_id=deal.party_id or 0,
        lines=lines,
        user=user,
        now=now,
        source=RecordRef.of(deal),
        currency_id=deal.currency_id,
        owner_id=deal.owner_id,
        team_id=deal.team_id,
    )


def win_deal_of_quotation(*, quotation: Quotation, user: User | None, now: dt.datetime) -> None:
    """Win the deal that a quotation answers; registered on `quotation_accepted`. A deal that was given up as lost is
    opened again first, and a deal without a customer gets the quotation's."""
    source = quotation.source
    if source is None or source.label != DEAL:
        return
    deal = lock_record(Deal, source.id)
    if deal.status == DealStatus.LOST:
        deal = reopen_deal(deal_id=deal.pk, user=user, now=now)
    if deal.party_id is None:
        deal.party_id = quotation.party_id
        deal.version += 1
        deal.save(update_fields=["party", "version", "updated_at"])
    win_deal(deal_id=deal.pk, user=user, now=now)


def quote_deal(*, deal_id: int, user: User | None, now: dt.datetime) -> Quotation:
    """Write a draft quotation with the deal's customer and lines.

    :raises NoCustomerError: the deal has no customer.
    :raises NothingToSellError: it has neither lines nor an amount.
    """
    with transaction.atomic():
        deal = lock_record(Deal, deal_id)
        if deal.party_id is None:
            raise NoCustomerError(
                _("%(deal)s has no customer.") % {"deal": deal},
                field="party",
                hint=_("Choose the customer on the deal."),
            )
        lines = lines_of(deal)
        if not lines:
            raise NothingToSellError(
                _("%(deal)s has no lines and no amount.") % {"deal": deal},
                field="lines",
                hint=_("Add the items it is about."),
            )
        return create_quotation(
            company_id=deal.company_id,
            party_id=deal.party_id,
            lines=lines,
            user=user,
            now=now,
            source=RecordRef.of(deal),
            currency_id=deal.currency_id,
            owner_id=deal.owner_id,
            team_id=deal.team_id,
        )


def lines_of(deal: Deal) -> list[LineData]:
    """What the deal sells: its lines as they stand, or one line of its title and amount."""
    rows: Iterable[LineData] = (
        LineData(
            item_id=line.item_id,
            quantity=line.quantity,
            description=line.description,
            unit_id=line.unit_id,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            tax_set_id=line.tax_set_id,
            source=RecordRef("pipeline.dealline", line.pk),
        )
        for line in deal.lines.all()
    )
    lines = list(rows)
    if not lines and deal.amount > 0:
        lines.append(LineData(description=deal.title, quantity=Decimal(1), unit_price=deal.amount))
    return lines
