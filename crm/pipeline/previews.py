"""A deal while it is being written. Nothing is saved."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.company.models import Company, Currency
from core.errors import DomainError
from core.ui import formats
from core.ui.previews import Preview, is_begun, line_previews
from crm.pipeline.lines import price_unsaved


def preview_deal(*, company_id: int, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Preview:
    """What the lines come to; the net amount is the deal's."""
    company = Company.objects.select_related("currency").get(pk=company_id)
    wanted = values.get("currency_id")
    currency = Currency.objects.get(pk=wanted) if wanted else company.currency
    try:
        rows, priced = price_unsaved(
            [line for line in lines if is_begun(line)],
            company=company,
            party_id=values.get("party_id"),
            currency=currency,
            on=timezone.localdate(),
        )
    except DomainError:
        return Preview()
    totals = priced.totals
    shown: list[dict[str, Any]] = [
        {"label": _("Net"), "value": formats.money(totals.net, currency.code), "strong": True},
        {"label": _("Tax"), "value": formats.money(totals.tax, currency.code)},
        {"label": _("Total"), "value": formats.money(totals.total, currency.code)},
    ]
    return Preview(shown, line_previews(lines, rows, currency.code))
