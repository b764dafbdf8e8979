"""Panels of invoices: their lines and totals, what is open on them, what settled them, and their journal entry."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import policies
from core.documents.references import RecordRef
from core.ui import formats
from core.ui.panels import LinesPanel, Panel, TablePanel
from core.ui.registry import for_label
from core.ui.resource import Caller, Column
from core.ui.totals import tax_name, tax_on_base
from erp.invoicing.enums import InvoiceStatus
from erp.invoicing.models import Allocation, OpenItem
from erp.invoicing.queries import document_items
from erp.ledger.models import JournalEntry, JournalLine
from erp.ledger.resources.entries import side


def is_posted(document: Any) -> bool:
    return bool(document.status == InvoiceStatus.POSTED)


def document_link(label: str, key: int, number: str) -> Any:
    """A link to a document that is named by label and id, or its number alone when it has no page."""
    resource = for_label(label)
    return format_html('<a href="{}">{}</a>', resource.detail_url(key), number) if resource else number


def _foreign_rate(document: Any) -> Any:
    return document.exchange_rate if document.currency_id != document.company.currency_id else None


RATE = Column("exchange_rate", value=_foreign_rate)
"""The exchange rate of a document in another currency than the company's; elsewhere it says nothing."""


COUNTED = Column("total_amount", value=lambda invoice: invoice.total_amount * invoice.sign)
"""The total as it counts beside others: less than nothing on a credit note."""


class InvoiceLinesPanel(LinesPanel):
    columns = (
        "item",
        "description",
        "quantity",
        "unit",
        "unit_price",
        Column("discount_percent", kind="percent"),
        "tax_set",
        Column("net_amount", currency="invoice__currency_id", related=("invoice",)),
    )


class InvoiceTotalsPanel(Panel):
    """Net, tax by rate, total, and what is left to pay."""

    name = "totals"
    title = gettext_lazy("Totals")
    template = "ui/panels/totals.html"
    side = "side"

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any] | None:
        currency = obj.currency_id
        rows = [{"label": _("Net"), "value": formats.money(obj.net_amount, currency)}, *_tax_rows(obj)]
        total = formats.money_with_currency(obj.total_amount, currency)
        rows.append({"label": _("Total"), "value": total, "strong": True})
        if is_posted(obj):
            rows.append({"label": _("Settled"), "value": formats.money(obj.total_amount - obj.open_amount, currency)})
            left = formats.money_with_currency(obj.open_amount, currency)
            rows.append({"label": _("Open"), "value": left, "strong": True})
        return {"rows": rows}


def _tax_rows(invoice: Any) -> list[dict[str, Any]]:
    """Each tax with its base as it was posted; a draft has one figure."""
    if not is_posted(invoice):
        return [{"label": _("Tax"), "value": formats.money(invoice.tax_amount, invoice.currency_id)}]
    model = invoice.lines.model._meta.get_field("taxes").related_model
    rows = model._default_manager.filter(line__invoice=invoice).select_related("tax").order_by("position", "code")
    sums: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        entry = sums.setdefault((row.code, row.tax.name if row.tax else row.code, row.kind, row.rate), [0, 0])
        entry[0] += row.base_amount
        entry[1] += row.tax_amount
    return [
        tax_on_base(tax_name(name, kind, rate), base, amount, invoice.currency_id)
        for (_code, name, kind, rate), (base, amount) in sums.items()
    ]


class OpenItemsPanel(TablePanel):
    """The instalments of a document and what is open on each."""

    name = "open_items"
    title = gettext_lazy("Instalments")
    side = "side"
    linked = False
    limit = 60
    columns = (
        "due_date",
        Column("currency_amount", currency="currency_id"),
        Column("open_currency_amount", currency="currency_id"),
    )

    def applies(self, caller: Caller, obj: Any) -> bool:
        return bool(obj.number)

    def rows(self, caller: Caller, obj: Any) -> QuerySet[OpenItem]:
        return document_items(obj)


class AllocationsPanel(Panel):
    """What settled the document and when: payments, credit notes, and what was undone again."""

    name = "allocations"
    title = gettext_lazy("Settled by")
    template = "invoicing/panels/allocations.html"
    side = "side"

    def applies(self, caller: Caller, obj: Any) -> bool:
        return bool(obj.number)

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any] | None:
        own = set(document_items(obj).values_list("pk", flat=True))
        rows = Allocation.objects.filter(Q(debit_item__in=own) | Q(credit_item__in=own))
        rows = rows.select_related("debit_item", "credit_item").order_by("effective_date", "pk")
        return {"rows": [_allocation_row(row, own, obj.currency_id) for row in rows]} if own else None


def _allocation_row(row: Allocation, own: set[int], currency: str) -> dict[str, Any]:
    other = row.credit_item if row.debit_item_id in own else row.debit_item
    difference = row.credit_amount - row.debit_amount
    return {
        "date": formats.date(row.effective_date),
        "document": document_link(other.document_label, other.document_id, other.document_number),  # type: ignore[attr-defined]
        "amount": formats.money(row.currency_amount, currency),
        "difference": formats.money(difference) if difference else "",
        "is_reversal": row.reverses_id is not None,
    }


def _entry_of_first_line(line: JournalLine) -> JournalEntry | None:
    return line.entry if line.position == 1 else None


class EntryPanel(TablePanel):
    """The document's lines in the ledger, within what the person may see of it."""

    name = "entry"
    title = gettext_lazy("Journal entry")
    lazy = True
    limit = 200
    linked = False
    columns = (
        Column("entry", value=_entry_of_first_line),
        "account",
        side("debit"),
        side("credit"),
        "tax",
    )

    def applies(self, caller: Caller, obj: Any) -> bool:
        return bool(obj.number)

    def offered(self, caller: Caller, obj: Any) -> bool:
        return policies.may(caller.user, "view", JournalEntry, caller.company_id) and super().offered(caller, obj)

    def rows(self, caller: Caller, obj: Any) -> QuerySet[JournalLine]:
        ref = RecordRef.of(obj)
        entries = JournalEntry.objects.filter(company=obj.company_id, source_label=ref.label, source_id=ref.id)
        both = JournalEntry.objects.filter(Q(pk__in=entries) | Q(reverses__in=entries))
        return JournalLine.objects.filter(entry__in=both).order_by("entry", "position")


class PaymentStatePanel(Panel):
    """The figures people look for first: total, open, due."""

    name = "state"
    title = gettext_lazy("Payment")
    template = "ui/panels/facts.html"
    side = "side"

    def applies(self, caller: Caller, obj: Any) -> bool:
        return is_posted(obj)

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any] | None:
        late = (timezone.localdate() - obj.next_due_date).days if obj.next_due_date else 0
        is_late = late > 0 and not obj.is_credit_note
        due = {"label": _("Next due"), "value": formats.date(obj.next_due_date), "color": "red" if is_late else ""}
        if is_late:
            due["hint"] = _("%(days)s days overdue") % {"days": late}
        left = {"label": _("Open"), "value": formats.money_with_currency(obj.open_amount, obj.currency_id)}
        return {"facts": [left, due] if obj.next_due_date else [left]}
