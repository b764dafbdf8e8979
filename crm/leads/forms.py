"""What is asked about leads, inside and outside the house."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.company.models import Team
from core.parties.models import Party
from core.ui.forms import RecordForm
from core.ui.resource import Caller
from crm.leads.enums import CaptureField, DisqualifyReason
from crm.leads.models import CaptureForm, Lead
from crm.leads.queries import duplicates_of
from crm.pipeline.models import Stage


class LeadForm(RecordForm):
    groups = (
        (_("Who"), ("name", "organisation_name", "job_title", "email", "phone", "website", "country")),
        (_("What for"), ("message", "source", "owner", "team")),
        (_("Campaign"), ("utm_source", "utm_medium", "utm_campaign", "notes")),
    )

    class Meta:
        model = Lead
        fields = (
            "name",
            "organisation_name",
            "job_title",
            "email",
            "phone",
            "website",
            "country",
            "message",
            "source",
            "owner",
            "team",
            "utm_source",
            "utm_medium",
            "utm_campaign",
            "notes",
        )

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()


class ConvertForm(forms.Form):
    """Whom the lead becomes, and what the deal is about. The likeliest party is proposed when it is nearly certain."""

    CERTAIN = 0.9
    party = forms.ModelChoiceField(
        Party.objects.all(),
        label=_("existing party"),
        required=False,
        help_text=_("Leave empty to write a new party."),
    )
    contact = forms.ModelChoiceField(
        Party.objects.all(),
        label=_("existing contact person"),
        required=False,
        help_text=_("Leave empty to find them by name or mail address, or to write a new person."),
    )
    deal_title = forms.CharField(label=_("deal"), max_length=200, required=False)
    stage = forms.ModelChoiceField(Stage.objects.all(), label=_("stage"), required=False)
    amount = forms.DecimalField(label=_("amount"), min_value=0, required=False, max_digits=16, decimal_places=4)
    expected_close_date = forms.DateField(label=_("expected close"), required=False)

    def prepare(self, caller: Caller, record: Any) -> None:
        stage: Any = self.fields["stage"]
        stage.queryset = stage.queryset.filter(pipeline__active=True)
        if record is None or self.is_bound:
            return
        self.initial.setdefault("deal_title", str(record))
        likely = duplicates_of(record).parties
        if likely:
            names = ", ".join(f"{one.name} ({one.score:.0%})" for one in likely)
            self.fields["party"].help_text = _("Perhaps: %(names)s. Leave empty to write a new party.") % {
                "names": names
            }
            if likely[0].score >= self.CERTAIN:
                self.initial.setdefault("party", likely[0].party_id)


class DisqualifyForm(forms.Form):
    reason = forms.ChoiceField(label=_("reason"), choices=DisqualifyReason)
    note = forms.CharField(label=_("note"), required=False, max_length=500, widget=forms.Textarea({"rows": 3}))


class AssignForm(forms.Form):
    owner = forms.ModelChoiceField(User.objects.all(), label=_("owner"), required=False)
    team = forms.ModelChoiceField(Team.objects.all(), label=_("team"), required=False)

    def prepare(self, caller: Caller, record: Any) -> None:
        self.initial.setdefault("owner", caller.user.pk)


class CaptureFormForm(RecordForm):
    """The set-up of a capture form."""

    shown_fields = forms.MultipleChoiceField(
        label=_("fields"), choices=CaptureField, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = CaptureForm
        fields = (
            "title",
            "slug",
            "text",
            "thanks",
            "shown_fields",
            "asks_consent",
            "source",
            "assignment",
            "owner",
            "team",
            "active",
        )
