"""Filters that a list of invoices has beside its own fields."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.company.models import Currency, Team
from core.parties.models import Party
from core.ui.filters import DayFilter, RecordFilter, ResourceFilterSet, WordsFilter
from erp.invoicing.enums import InvoiceKind, InvoiceStatus, PaymentState
from erp.invoicing.models import SalesInvoice, SupplierInvoice
from erp.invoicing.queries import in_payment_state


class InvoiceFilter(ResourceFilterSet):
    """Status as stored, payment state as computed."""

    status = WordsFilter(field_name="status", choices=InvoiceStatus.choices, label=_("status"))
    payment_state = django_filters.ChoiceFilter(
        choices=PaymentState.choices, method="filter_payment_state", label=_("payment")
    )
    kind = WordsFilter(field_name="kind", choices=InvoiceKind.choices, label=_("kind"))
    party = RecordFilter(field_name="party", queryset=Party.objects.all(), label=_("party"))
    document_date_from = DayFilter(field_name="document_date", label=_("date from"))
    document_date_to = DayFilter(field_name="document_date", upper=True, label=_("date to"))
    due_date_from = DayFilter(field_name="due_date", label=_("due from"))
    due_date_to = DayFilter(field_name="due_date", upper=True, label=_("due to"))
    currency = RecordFilter(field_name="currency", queryset=Currency.objects.all(), label=_("currency"))

    def filter_payment_state(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return in_payment_state(queryset, value, timezone.localdate())


class SalesInvoiceFilter(InvoiceFilter):
    owner = RecordFilter(field_name="owner", queryset=User.objects.all(), label=_("owner"))
    team = RecordFilter(field_name="team", queryset=Team.objects.all(), label=_("team"))

    class Meta:
        model = SalesInvoice
        fields: tuple[str, ...] = ()


class SupplierInvoiceFilter(InvoiceFilter):
    supplier_number = django_filters.CharFilter(
        field_name="supplier_number", lookup_expr="icontains", label=_("supplier's number")
    )

    class Meta:
        model = SupplierInvoice
        fields: tuple[str, ...] = ()
