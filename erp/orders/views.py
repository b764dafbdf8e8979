"""What the generic screens cannot express: filling a line from its item."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from core.access import policies
from core.catalog.models import Item, TaxSet
from core.catalog.queries import sale_prices, tax_sets_for
from core.company.models import Company
from core.company.queries import local_date
from core.parties.models import Party
from core.ui import formats
from core.ui.views.base import SignedInView
from core.whole_numbers import id_or_nobody
from erp.inventory.queries import availability
from erp.orders.prices import reason_text


class LineDefaultsView(SignedInView):
    """Description, unit, price, discount and taxes of an item for a customer, with the reason of the price and what is
    free. Asked by the line grid when an item is chosen; saving fills what is left empty by the same rules."""

    def get(self, request: HttpRequest) -> JsonResponse:
        caller = self.caller
        items = policies.scoped(caller.user, Item.objects.select_related("unit"), "view", caller.company_id)
        item = items.filter(pk=id_or_nobody(request.GET.get("item"))).first()
        if item is None:
            return JsonResponse({"error": _("There is no such item.")}, status=404)
        parties = policies.scoped(caller.user, Party.objects.all(), "view", caller.company_id)
        party = parties.filter(pk=id_or_nobody(request.GET.get("party"))).first()
        day = parse_date(request.GET.get("date", "")[:10]) if request.GET.get("date") else None
        currency = request.GET.get("currency", "")[:3] or (party.currency_id if party else None)
        company = Company.objects.select_related("currency").get(pk=caller.company_id)
        return JsonResponse(
            _defaults(
                company,
                item,
                party=party,
                quantity=_quantity(request.GET.get("quantity")),
                day=day or local_date(company, caller.now),
                currency=currency or company.currency_id,
            )
        )


def _defaults(
    company: Company, item: Item, *, party: Party | None, quantity: Decimal, day: dt.date, currency: str
) -> dict[str, Any]:
    wanted = {item: quantity}
    price = sale_prices(company=company, party=party, wanted=wanted, on=day, currency_code=currency)[item.pk]
    taxes = tax_sets_for(company=company, direction="sale", party=party, items=[item])
    tax_set = TaxSet.objects.filter(pk=taxes.get(item.pk) or 0).first()
    stock = availability(company_id=company.pk, item_ids=[item.pk])[item.pk]
    return {
        "description": item.name,
        "unit": {"value": item.unit_id, "text": str(item.unit)},
        "unit_price": plain(price.unit_price),
        "discount_percent": plain(price.discount_percent) if price.discount_percent else "",
        "tax_set": {"value": tax_set.pk, "text": str(tax_set)} if tax_set else None,
        "reason": reason_text(price),
        "available": _("%(quantity)s free") % {"quantity": formats.quantity(stock.available)},
    }


def plain(value: Decimal) -> str:
    """A number as an input holds it."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quantity(text: str | None) -> Decimal:
    try:
        value = Decimal(str(text or "1").replace(",", ""))
    except InvalidOperation:
        return Decimal(1)
    return value if value.is_finite() and abs(value) < Decimal(10) ** 12 else Decimal(1)
