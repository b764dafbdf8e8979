"""The form that people outside see, and the marks by which robots are told from them."""

import datetime as dt
import secrets
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from crm.leads.enums import CaptureField
from crm.leads.models import CaptureForm

HONEYPOT = "fax"
SALT = "leads.capture"
FASTEST = dt.timedelta(seconds=2)
LONGEST = dt.timedelta(hours=12)
UTM = ("utm_source", "utm_medium", "utm_campaign")

OPTIONAL: dict[str, forms.Field] = {
    CaptureField.ORGANISATION: forms.CharField(label=_("Organisation"), max_length=200),
    CaptureField.JOB_TITLE: forms.CharField(label=_("Job title"), max_length=120),
    CaptureField.PHONE: forms.CharField(label=_("Phone"), max_length=40),
    CaptureField.WEBSITE: forms.CharField(label=_("Website"), max_length=200),
    CaptureField.COUNTRY: forms.CharField(
        label=_("Country"), max_length=2, min_length=2, help_text=_("Two letters, such as DE.")
    ),
    CaptureField.MESSAGE: forms.CharField(
        label=_("How can we help?"), max_length=4000, widget=forms.Textarea({"rows": 5})
    ),
}
AUTOCOMPLETE = {
    "name": "name",
    "email": "email",
    "organisation_name": "organization",
    "job_title": "organization-title",
    "phone": "tel",
    "website": "url",
    "country": "country",
}


class PublicLeadForm(forms.Form):
    """Name, mail address and what the capture form asks besides."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Mail address"), max_length=250)
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, capture_form: CaptureForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in capture_form.shown_fields:
            if name in OPTIONAL:
                self.fields[name] = _optional(OPTIONAL[name])
        if capture_form.asks_consent:
            self.fields["consent"] = forms.BooleanField(
                label=_("I would like to get news by mail. I can unsubscribe at any time."), required=False
            )
        for name, hint in AUTOCOMPLETE.items():
            if name in self.fields:
                self.fields[name].widget.attrs.update({"autocomplete": hint, "class": "form-control"})
        if "message" in self.fields:
            self.fields["message"].widget.attrs["class"] = "form-control"

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def lead_values(self) -> dict[str, Any]:
        """What `capture_lead` takes."""
        own = {"stamp", "consent"}
        return {name: value for name, value in self.cleaned_data.items() if name not in own}

    @property
    def consented(self) -> bool:
        return bool(self.cleaned_data.get("consent"))


def _optional(field: forms.Field) -> forms.Field:
    copy = field.__deepcopy__({})
    copy.required = False
    return copy


class StampError(Exception):
    """The page was sent too fast for a person, too late, or was never ours.

    :ivar is_young: too fast: the same stamp will do in a moment.
    """

    def __init__(self, *, is_young: bool) -> None:
        super().__init__()
        self.is_young = is_young


def new_stamp(now: dt.datetime) -> str:
    """A signed mark of when a page was shown, and which one it was."""
    return signing.dumps({"at": now.timestamp(), "token": secrets.token_urlsafe(12)}, salt=SALT)


def read_stamp(stamp: str, now: dt.datetime) -> str:
    """The page's token.

    :raises StampError: too fast for a person, too late, or not ours.
    """
    try:
        content = signing.loads(stamp, salt=SALT)
    except signing.BadSignature as error:
        raise StampError(is_young=False) from error
    age = dt.timedelta(seconds=now.timestamp() - float(content["at"]))
    if age < FASTEST or age > LONGEST:
        raise StampError(is_young=age < FASTEST)
    return str(content["token"])
