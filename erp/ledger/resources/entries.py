"""Journal entries and their lines, to be read; manual entries, to be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms as django_forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.company.queries import local_date
from core.ui import formats
from core.ui.actions import Action
from core.ui.panels import AttributesPanel, LinesPanel, TablePanel, TotalsPanel
from core.ui.registry import register
from core.ui.resource import Caller, Column, LineForm, Menu, PresetView, Resource, SearchIn
from erp.ledger import forms, operations
from erp.ledger.enums import JournalKind, ManualEntryStatus
from erp.ledger.filters import JournalLineFilter
from erp.ledger.models import Journal, JournalEntry, JournalLine, ManualEntry


def in_company_currency(name: str, **options: Any) -> Column:
    """An amount in the company's currency."""
    return Column(name, kind="money", currency="company.currency_id", related=("company",), **options)


def side(name: str, **options: Any) -> Column:
    """Debit or credit of a line; the side that a line is not on stays empty."""
    return in_company_currency(name, value=lambda line: getattr(line, name) or None, **options)


LINE_COLUMNS = (
    "account",
    "party",
    "description",
    side("debit"),
    side("credit"),
    "tax",
    in_company_currency("tax_base"),
    "currency",
    "currency_amount",
)


def by_hand_and_standing(entry: JournalEntry) -> bool:
    """Made by hand, no reversal, and not reversed yet."""
    by_hand = entry.source.label == ManualEntry._meta.label_lower
    return by_hand and entry.reverses_id is None and not hasattr(entry, "reversal")


def what_reversing_does(entry: JournalEntry | ManualEntry) -> list[str]:
    amount = formats.money_with_currency(entry.total_amount, entry.company.currency_id)
    return [
        _t("A mirrored entry of %(amount)s is posted; both stay in the book.") % {"amount": amount},
        _t("In a closed period nothing changes: the reversal then bears the first open day."),
    ]


@register
class JournalEntryResource(Resource):
    model = JournalEntry
    slug = "journal-entries"
    search = SearchIn(starts=("number",), words=("description", "source_number"), source="source")
    menu = Menu("finance", order=50, icon="book")
    columns = (
        "number",
        "entry_date",
        "journal",
        "description",
        "source_number",
        in_company_currency("total_amount"),
        "posted_by",
    )
    more_columns = ("posted_at", "period", "reverses", "reason")
    filters = ("number", "journal", "entry_date", "source_number", "posted_by")
    lines = LineForm(django_forms.Form)  # in what the API answers; nothing writes them
    select_related = ("company",)
    detail_related = ("reversal", "reverses")
    api_fields = (
        "id", "number", "entry_date", "journal", "period", "description", "source_label", "source_id", "source_number",
        "purpose", "reverses", "reason", "total_amount", "posted_at", "posted_by", "chain_hash",
    )  # fmt: skip
    actions = (
        Action(
            "reverse",
            label=_("Reverse"),
            operation=operations.reverse_journal_entry,
            form=forms.ReversalForm,
            when=by_hand_and_standing,
            confirm=what_reversing_does,
            style="danger",
            icon="arrow-back-up",
            follow=True,
        ),
    )
    panels = (
        AttributesPanel(
            fields=(
                "entry_date",
                "journal",
                "description",
                Column("source", label=_("Document"), kind="link", value=lambda entry: entry.source.resolve()),
                "source_number",
                in_company_currency("total_amount"),
                "reverses",
                Column("reversal", label=_("Reversed by"), kind="link", value=lambda e: getattr(e, "reversal", None)),
                "reason",
                "posted_at",
                "posted_by",
            )
        ),
        LinesPanel(columns=LINE_COLUMNS),
    )


@register
class JournalLineResource(Resource):
    model = JournalLine
    slug = "journal-lines"
    search = SearchIn(starts=("entry__number",), records=("account", "party"))
    menu = Menu("finance", order=55, icon="list")
    columns = (
        "entry_date",
        "entry",
        "account",
        "party",
        "description",
        side("debit", total="debit", sort="debit"),
        side("credit", total="credit", sort="credit"),
    )
    more_columns = (
        "entry__description",
        "entry__source_number",
        "tax",
        in_company_currency("tax_base"),
        "currency",
        "currency_amount",
    )
    ordering = "-entry_date"
    filters = JournalLineFilter
    select_related = ("company",)
    saved_views = (PresetView("month", _("This month"), {"entry_date_from": "month_start"}, default=True),)
    api_fields = (
        "id", "entry", "entry_date", "account", "party", "description", "debit", "credit", "tax", "tax_base",
        "currency", "currency_amount",
    )  # fmt: skip
    panels = (AttributesPanel(fields=("entry", "entry_date", *LINE_COLUMNS)),)

    def title(self, obj: JournalLine) -> str:
        return f"{obj.entry} · {obj.position}"

    def footer(self, sums: Mapping[str, Any]) -> list[tuple[Any, Any]]:
        """Debit less credit: what the figure that opened this list comes to."""
        if not {"debit", "credit"} <= set(sums):
            return []
        return [(_t("Balance"), sums["debit"] - sums["credit"])]


class PostedLinesPanel(TablePanel):
    """What a manual entry became: with taxes, in the company's currency."""

    name = "posted"
    title = _("Posted lines")
    limit = 1000
    linked = False
    columns = LINE_COLUMNS

    def applies(self, caller: Caller, obj: ManualEntry) -> bool:
        return obj.entry_id is not None

    def rows(self, caller: Caller, obj: ManualEntry) -> QuerySet[JournalLine]:
        return JournalLine.objects.filter(entry_id=obj.entry_id).select_related("company").order_by("position")


def sides(document: ManualEntry) -> list[dict[str, Any]]:
    """Both sides as entered, and what is missing between them before taxes."""
    lines = list(document.lines.all())
    debit, credit = sum(line.debit for line in lines), sum(line.credit for line in lines)
    code = document.currency_id
    rows = [
        {"label": _("Debit"), "value": formats.money_with_currency(debit, code)},
        {"label": _("Credit"), "value": formats.money_with_currency(credit, code)},
    ]
    if debit != credit:
        value = formats.money_with_currency(debit - credit, code)
        rows.append({"label": _("Difference before taxes"), "value": value, "strong": True})
    return rows


def today_in_general_journal(caller: Caller) -> Mapping[str, Any]:
    journals = Journal.objects.filter(company_id=caller.company_id, kind=JournalKind.GENERAL, is_default=True)
    return {
        "document_date": local_date(caller.company, caller.now),
        "journal": journals.values_list("pk", flat=True).first(),
        "currency": caller.company.currency_id,
    }


def is_draft(document: ManualEntry) -> bool:
    return bool(document.status == ManualEntryStatus.DRAFT)


@register
class ManualEntryResource(Resource):
    model = ManualEntry
    slug = "manual-entries"
    menu = Menu("finance", order=52, icon="pencil")
    columns = ("number", "document_date", "journal", "description", "total_amount", "currency", "status", "owner")
    more_columns = ("entry", "created_at", "created_by")
    filters = ("status", "journal", "document_date", "owner")
    search = True
    form = forms.ManualEntryForm
    lines = LineForm(forms.ManualEntryLineForm, min=2, extra=2)
    create = operations.create_manual_entry
    update = operations.update_manual_entry
    defaults = staticmethod(today_in_general_journal)
    detail_related = ("company",)
    saved_views = (PresetView("drafts", _("Drafts"), {"status": ManualEntryStatus.DRAFT}),)
    status_colors = {ManualEntryStatus.POSTED: "green"}
    api_fields = (
        "id", "number", "status", "document_date", "journal", "currency", "description", "total_amount", "entry",
        "owner",
    )  # fmt: skip
    actions = (
        Action(
            "post",
            label=_("Post"),
            operation=operations.post_manual_entry,
            when=is_draft,
            confirm=_("A posted entry cannot be changed; it can be reversed."),
            style="primary",
            icon="check",
            bulk=True,
        ),
        Action(
            "reverse",
            label=_("Reverse"),
            operation=operations.reverse_manual_entry,
            form=forms.ReversalForm,
            when=lambda document: document.status == ManualEntryStatus.POSTED,
            confirm=what_reversing_does,
            style="danger",
            icon="arrow-back-up",
        ),
        Action(
            "cancel",
            label=_("Cancel"),
            operation=operations.cancel_manual_entry,
            when=is_draft,
            confirm=_("The draft is set aside for good."),
            style="danger",
            icon="ban",
        ),
    )
    panels = (
        AttributesPanel(fields=("document_date", "journal", "currency", "description", "entry", "owner")),
        LinesPanel(columns=("account", "party", "description", "debit", "credit", "tax_set")),
        PostedLinesPanel(),
        TotalsPanel(totals=sides, side="side"),
    )

    def editable(self, obj: ManualEntry) -> bool:
        return is_draft(obj)
