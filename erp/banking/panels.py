"""Panels of payments."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui import formats
from core.ui.panels import Panel
from core.ui.resource import Caller
from erp.banking.enums import PaymentStatus
from erp.banking.queries import left_on_account


class PaymentFactsPanel(Panel):
    """What was paid and what of it settles nothing yet."""

    name = "state"
    title = gettext_lazy("Payment")
    template = "ui/panels/facts.html"
    side = "side"

    def applies(self, caller: Caller, obj: Any) -> bool:
        return bool(obj.status == PaymentStatus.POSTED)

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any] | None:
        currency = obj.currency_id
        facts = [{"label": _("Paid"), "value": formats.money_with_currency(obj.amount, currency)}]
        if obj.write_off_amount:
            facts.append(
                {"label": _("Written off"), "value": formats.money_with_currency(obj.write_off_amount, currency)}
            )
        left = left_on_account(obj)
        facts.append({"label": _("On account"), "value": formats.money_with_currency(left, currency)})
        return {"facts": facts}
