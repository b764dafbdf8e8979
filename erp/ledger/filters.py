"""Filters that a tuple of field names cannot say."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.ui.filters import ResourceFilterSet, WordsFilter, filters_of
from erp.ledger.enums import SECTION_OF, AccountKind, Section
from erp.ledger.models import JournalEntry, JournalLine

_FIELDS = JournalLine._meta


class SectionFilter(WordsFilter):
    """Lines on accounts of these sections of the statements."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        kinds = [kind for kind, section in SECTION_OF.items() if section in (value or ())]
        return qs.filter(account__kind__in=kinds) if value else qs


class SideFilter(django_filters.ChoiceFilter):
    """Debit lines or credit lines."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return qs.filter(**{f"{value}__gt": 0}) if value else qs


class JournalLineFilter(ResourceFilterSet):
    """What a figure of a report opens: its accounts, its days, its side."""

    account = filters_of(_FIELDS.get_field("account"), "account")["account"]
    kind = WordsFilter(field_name="account__kind", choices=AccountKind.choices, label=_("Kind of account"))
    section = SectionFilter(choices=Section.choices, label=_("Section"))
    entry_date_from = filters_of(_FIELDS.get_field("entry_date"), "entry_date")["entry_date_from"]
    entry_date_to = filters_of(_FIELDS.get_field("entry_date"), "entry_date")["entry_date_to"]
    side = SideFilter(choices=(("debit", _("Debit")), ("credit", _("Credit"))), label=_("Side"))
    party = filters_of(_FIELDS.get_field("party"), "party")["party"]
    tax = filters_of(_FIELDS.get_field("tax"), "tax")["tax"]
    entry__journal = filters_of(JournalEntry._meta.get_field("journal"), "entry__journal")["entry__journal"]

    class Meta:
        model = JournalLine
        fields: list[str] = []
