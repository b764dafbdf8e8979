"""The chain as the stepper on every document of it shows it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import policies
from core.ui.formats import money
from core.ui.registry import url_for
from core.ui.resource import Caller, Step
from integration.chain import Chain, chain_of


def steps_of(record: Model, caller: Caller) -> Sequence[Step]:
    """Deal, quotation, order, delivery, invoice, payment; links only to what the person may see. A record that stands
    alone has no stepper."""
    chain = chain_of(record)
    groups: list[tuple[str, Sequence[Model], Decimal | None, str]] = [
        (_("Deal"), [chain.deal] if chain.deal else [], chain.deal.amount if chain.deal else None, ""),
        (_("Quotation"), chain.quotations[:1], _total(chain.quotations), ""),
        (_("Order"), [chain.order] if chain.order else [], chain.ordered_amount, ""),
        (_("Delivery"), chain.deliveries, None, _to_ship(chain)),
        (_("Invoice"), chain.invoices, chain.invoiced_amount, ""),
        (_("Payment"), chain.payments, chain.paid_amount, ""),
    ]
    if sum(bool(records) for _label, records, _amount, _note in groups) < 2:
        return ()
    currency = _currency(chain)
    return [_step(label, records, amount, note, record, caller, currency) for label, records, amount, note in groups]


def _step(  # noqa: PLR0917 - one row of the table above
    label: str,
    records: Sequence[Model],
    amount: Decimal | None,
    note: str,
    current: Model,
    caller: Caller,
    currency: str,
) -> Step:
    if not records:
        return Step(label=label)
    here = next((r for r in records if type(r) is type(current) and r.pk == current.pk), None)
    shown = here or records[-1]
    visible = policies.may(caller.user, "view", shown, caller.company_id)
    others = len(records) - 1
    number = str(shown) if not others else _("%(number)s and %(others)s more") % {"number": shown, "others": others}
    return Step(
        label=label,
        number=number if visible else ngettext("%(n)s document", "%(n)s documents", len(records)) % {"n": len(records)},
        amount=money(amount, currency) if amount is not None else "",
        status=note or _status(shown),
        url=url_for(shown) if visible and here is None else "",
        current=here is not None,
        done=True,
    )


def _status(record: Model) -> str:
    display = getattr(record, "get_status_display", None)
    return str(display()) if display else ""


def _total(quotations: Sequence[Model]) -> Decimal | None:
    return quotations[0].total_amount if quotations else None  # type: ignore[attr-defined]


def _to_ship(chain: Chain) -> str:
    if not chain.deliveries or chain.quantity_to_ship <= 0:
        return ""
    return _("%(quantity)s to ship") % {"quantity": f"{chain.quantity_to_ship.normalize():f}"}


def _currency(chain: Chain) -> str:
    for record in (chain.order, chain.deal, *chain.quotations, *chain.invoices):
        if record is not None:
            return str(record.currency_id)
    return ""
