"""What is asked about campaigns, segments and mailings."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.company.countries import COUNTRIES
from core.parties.models import Party
from core.ui.forms import RecordForm
from core.ui.resource import Caller
from crm.campaigns.enums import MailingStatus
from crm.campaigns.models import Campaign, Mailing, Segment
from crm.contacts.forms import tomorrow_morning
from crm.leads.models import CaptureForm, Lead


class CodeField(forms.CharField):
    """A code is small letters, however it is typed."""

    def to_python(self, value: Any) -> Any:
        return str(super().to_python(value)).lower()


class CampaignForm(RecordForm):
    class Meta:
        model = Campaign
        field_classes = {"code": CodeField}
        fields = ("name", "code", "start_date", "end_date", "budget_amount", "owner", "notes")

    def prepare(self, caller: Caller, record: Any) -> None:
        if record is None:
            self.initial.setdefault("owner", caller.user.pk)


class LinkFormForm(forms.Form):
    capture_form = forms.ModelChoiceField(
        CaptureForm.objects.filter(active=True),
        label=_("capture form"),
        help_text=_("Every lead it brings from now on counts for this campaign, and for no other."),
    )


class CountriesField(forms.CharField):
    """Two-letter codes, written with commas or given as a list."""

    def to_python(self, value: Any) -> Any:
        words = value.replace(";", ",").split(",") if isinstance(value, str) else value or []
        codes = [str(word).strip().upper() for word in words if str(word).strip()]
        if unknown := [code for code in codes if code not in COUNTRIES]:
            raise ValidationError(_("There is no country %(codes)s."), params={"codes": ", ".join(unknown)})
        return list(dict.fromkeys(codes))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value


class SegmentForm(RecordForm):
    countries = CountriesField(
        label=_("countries"), required=False, help_text=_("Two-letter codes with commas, such as DE, AT, CH.")
    )
    groups = (
        (_("Who"), ("name", "ground", "audience", "addressees", "countries", "owned_by", "owned_by_team")),
        (_("Customers and prospects"), ("language", "industry", "group", "deals")),
        (_("Leads"), ("lead_source", "lead_score_min")),
    )

    class Meta:
        model = Segment
        fields = (
            "name",
            "ground",
            "audience",
            "addressees",
            "countries",
            "language",
            "industry",
            "group",
            "owned_by",
            "owned_by_team",
            "deals",
            "lead_source",
            "lead_score_min",
        )


class MemberForm(forms.Form):
    """Somebody chosen by hand: a party or a lead."""

    party = forms.ModelChoiceField(Party.objects.all(), label=_("party"), required=False)
    lead = forms.ModelChoiceField(Lead.objects.all(), label=_("lead"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("party")) == bool(cleaned.get("lead")):
            raise ValidationError(_("Choose a party or a lead, one a line."))
        return cleaned


class MailingForm(RecordForm):
    groups = (
        (_("For whom"), ("campaign", "segment")),
        (_("Text"), ("subject", "body")),
        (_("From whom"), ("sender_name", "reply_to")),
    )

    class Meta:
        model = Mailing
        fields = ("campaign", "segment", "subject", "body", "sender_name", "reply_to")
        widgets = {"body": forms.Textarea({"rows": 14})}
        help_texts = {
            "body": _(
                "{name}, {first_name}, {organisation} and {company} are filled in; {first_name|friend} says friend to "
                "whoever has none. **Bold**, [words](https://address) and lines that begin with “- ” are laid out. The "
                "unsubscribe link stands at the end by itself."
            )
        }

    def prepare(self, caller: Caller, record: Any) -> None:
        campaign: Any = self.fields["campaign"]
        campaign.queryset = campaign.queryset.exclude(status__in=("finished", "cancelled"))
        if record is not None:
            campaign.queryset = campaign.queryset | Campaign.objects.filter(pk=record.campaign_id)


class ScheduleForm(forms.Form):
    scheduled_at = forms.DateTimeField(label=_("when"), help_text=_("The segment is read then, not now."))

    def prepare(self, caller: Caller, record: Any) -> None:
        is_scheduled = record is not None and record.status == MailingStatus.SCHEDULED
        self.initial.setdefault("scheduled_at", record.scheduled_at if is_scheduled else tomorrow_morning(caller.now))
