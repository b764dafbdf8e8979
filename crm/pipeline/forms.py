"""What is asked about deals."""

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.parties.models import Party
from core.ui.forms import RecordForm
from core.ui.resource import Caller
from crm.pipeline.enums import ReasonKind
from crm.pipeline.models import CloseReason, Deal, DealLine, Pipeline, Stage


class DealForm(RecordForm):
    groups = (
        (_("Deal"), ("title", "party", "contact", "amount", "currency", "expected_close_date", "stage")),
        (_("More"), ("owner", "team", "source", "next_step", "notes")),
    )

    class Meta:
        model = Deal
        fields = (
            "title",
            "party",
            "contact",
            "amount",
            "currency",
            "expected_close_date",
            "stage",
            "owner",
            "team",
            "source",
            "next_step",
            "notes",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("amount", "currency", "stage"):
            self.fields[name].required = False
        self.fields["amount"].help_text = _("Lines, where there are any, decide the amount.")


class DealLineForm(RecordForm):
    class Meta:
        model = DealLine
        fields = ("item", "description", "quantity", "unit_price", "discount_percent", "tax_set")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("unit_price", "discount_percent"):
            self.fields[name].required = False
            self.fields[name].initial = None


class CloseForm(forms.Form):
    """Why a deal was closed."""

    kind = ReasonKind.LOST
    reason = forms.ModelChoiceField(CloseReason.objects.all(), label=_("reason"))
    close_note = forms.CharField(label=_("note"), required=False, max_length=500, widget=forms.Textarea({"rows": 3}))

    def prepare(self, caller: Caller, record: Model | None) -> None:
        reason: Any = self.fields["reason"]
        reason.queryset = reason.queryset.filter(kind=self.kind, active=True)


class LoseForm(CloseForm):
    kind = ReasonKind.LOST


class WinForm(CloseForm):
    kind = ReasonKind.WON
    party = forms.ModelChoiceField(Party.objects.all(), label=_("customer"), required=False)
    field_order = ("party", "reason", "close_note")

    def prepare(self, caller: Caller, record: Any) -> None:
        super().prepare(caller, record)
        self.fields["reason"].required = False
        if record is not None and record.party_id is not None:
            del self.fields["party"]


class MoveForm(forms.Form):
    stage = forms.ModelChoiceField(Stage.objects.all(), label=_("stage"))

    def prepare(self, caller: Caller, record: Any) -> None:
        stage: Any = self.fields["stage"]
        stage.queryset = stage.queryset.filter(pipeline__active=True)


class PinForm(forms.Form):
    probability = forms.DecimalField(label=_("probability in percent"), min_value=0, max_value=100)
    probability_note = forms.CharField(label=_("why"), max_length=250, required=False)


class OwnerForm(forms.Form):
    owner = forms.ModelChoiceField(User.objects.all(), label=_("owner"))


class PipelineForm(RecordForm):
    class Meta:
        model = Pipeline
        fields = ("name", "position", "active")


class StageForm(RecordForm):
    class Meta:
        model = Stage
        fields = ("name", "probability", "days_to_rot")


class CloseReasonForm(RecordForm):
    class Meta:
        model = CloseReason
        fields = ("kind", "name", "active")
