"""The reports of invoicing as pages: aged receivables and payables, and the open items behind their figures."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.parties.models import Party
from core.ui import formats
from core.ui.forms import prepare_fields
from core.ui.resource import Caller
from erp.invoicing.enums import Side
from erp.invoicing.models import OpenItem
from erp.invoicing.queries import BOUNDS, aged_payables, aged_receivables, open_items
from erp.invoicing.reports import CREDITS, aged_chart, aged_table, bucket_labels, open_items_table, report_title
from erp.ledger.reports.forms import DayForm
from erp.ledger.reports.table import Table
from erp.ledger.views import AsOfReport

QUERIES = {Side.RECEIVABLE: aged_receivables, Side.PAYABLE: aged_payables}


class OpenItemReport(AsOfReport):
    """Base: a report of open items at the end of a day. Whoever may see open items may see their sums."""

    model = OpenItem

    def refusal(self) -> str:
        return _t("Your role does not include open items.")


class AgedView(OpenItemReport):
    """Aged items of one side."""

    form_class = DayForm
    template_name = "invoicing/aged.html"
    side: ClassVar[Side] = Side.RECEIVABLE
    chart: Any = None

    def title(self) -> str:
        return report_title(self.side)

    def table(self, asked: Mapping[str, Any], *, limit: int) -> Table:
        report = QUERIES[self.side](company_id=self.caller.company_id, as_of=asked["as_of"])
        currency = self.caller.company.currency_id
        self.chart = aged_chart(report, currency)
        return aged_table(report, currency)

    def more(self) -> dict[str, Any]:
        return {"chart": self.chart}


class AgedReceivablesView(AgedView):
    pass


class AgedPayablesView(AgedView):
    side = Side.PAYABLE


class OpenItemsForm(DayForm):
    """Which items: of a side, of a party, of a column of the aged report."""

    side = forms.ChoiceField(label=_("Side"), choices=Side)
    party = forms.ModelChoiceField(Party.objects.all(), label=_("Party"), required=False)
    bucket = forms.ChoiceField(label=_("Age"), required=False)
    field_order = ("side", "party", "bucket", "as_of")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ages = [(str(number), label) for number, label in enumerate(bucket_labels(BOUNDS))]
        choices = [("", _t("All")), *ages, (CREDITS, _t("Open credits"))]
        self.fields["bucket"].choices = choices  # type: ignore[attr-defined]

    def prepare(self, caller: Caller) -> None:
        prepare_fields(self, caller)


class OpenItemsView(OpenItemReport):
    form_class = OpenItemsForm

    def title(self) -> str:
        return _t("Open items")

    def defaults(self) -> dict[str, Any]:
        return {**super().defaults(), "side": Side.RECEIVABLE.value}

    def days(self, asked: Mapping[str, Any]) -> list[tuple[str, str]]:
        ages = dict(self.form.fields["bucket"].choices)  # type: ignore[attr-defined]
        return [
            (_t("As of"), formats.date(asked["as_of"])),
            (_t("Side"), str(Side(asked["side"]).label)),
            (_t("Party"), str(asked["party"] or _t("All"))),
            (_t("Age"), str(ages[asked["bucket"]])),
        ]

    def table(self, asked: Mapping[str, Any], *, limit: int) -> Table:
        side, party = Side(asked["side"]), asked["party"]
        items = open_items(
            company_id=self.caller.company_id, as_of=asked["as_of"], side=side, party_id=party.pk if party else None
        )
        currency = self.caller.company.currency_id
        return open_items_table(
            items, side=side, as_of=asked["as_of"], bounds=BOUNDS, bucket=asked["bucket"], currency=currency
        )
