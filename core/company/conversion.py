"""Amounts of documents in the company's currency, for lists and reports: at the last known rate on or before the
document's day."""

from typing import Any

from django.db.models import Case, F, Func, OuterRef, QuerySet, Subquery, When
from django.db.models.expressions import Combinable

from core.company.models import CurrencyRate
from core.fields import AmountField


def in_company_currency(amount: Combinable, *, head: str = "") -> Case:
    """`amount` in the company's currency, rounded to its minor unit.

    :param head: path to the document with `company`, `currency` and `document_date`, ending in `__`; empty for the
        row itself.

    Without a rate it is null: it counts nowhere rather than at a rate that nobody entered. What is in the company's own
    currency costs no look-up.
    """
    rates = CurrencyRate.objects.filter(
        company_id=OuterRef("company_id"),
        currency_id=OuterRef(f"{head}currency_id"),
        date__lte=OuterRef(f"{head}document_date"),
    )
    rate = Subquery(rates.order_by("-date").values("rate")[:1])
    places = F("company__currency__minor_units")
    converted = Func(amount * rate, places, function="ROUND", output_field=AmountField())
    is_own = When(**{f"{head}currency_id": F("company__currency_id")}, then=amount)
    return Case(is_own, default=converted, output_field=AmountField())


def with_company_net(documents: QuerySet[Any]) -> QuerySet[Any]:
    """Documents with `company_net_amount`, their net in the company's currency: what lists and dashboards add up."""
    found: QuerySet[Any] = documents.annotate(company_net_amount=in_company_currency(F("net_amount")))
    return found
