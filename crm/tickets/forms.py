"""What is asked about tickets."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.company.models import Team
from core.parties.models import Party
from core.ui.forms import RecordForm
from core.ui.resource import Caller
from crm.tickets.enums import AnswerThen, TicketChannel, TicketStatus
from crm.tickets.models import Ticket, TicketCategory
from crm.tickets.queries import mail_address


class TicketForm(RecordForm):
    groups = (
        (_("Who"), ("party", "contact", "channel")),
        (_("What"), ("subject", "description")),
        (_("Who does it"), ("category", "priority", "assignee", "team")),
    )

    class Meta:
        model = Ticket
        fields = (
            "party",
            "contact",
            "channel",
            "subject",
            "description",
            "category",
            "priority",
            "assignee",
            "team",
        )
        widgets = {"description": forms.Textarea({"rows": 6})}

    def prepare(self, caller: Caller, record: Any) -> None:
        """A category that is out of use is offered only where it stands."""
        field: Any = self.fields["category"]
        kept = record.category_id if record is not None else None
        field.queryset = field.queryset.filter(active=True) | field.queryset.filter(pk=kept or 0)


class AnswerForm(forms.Form):
    """An answer to the customer, with what it does besides."""

    text = forms.CharField(label=_("answer"), widget=forms.Textarea({"rows": 5}))
    then = forms.ChoiceField(label=_("and then"), choices=AnswerThen.choices, required=False)
    mail = forms.BooleanField(label=_("send it by mail"), required=False, initial=True)
    external_id = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def prepare(self, caller: Caller, record: Any) -> None:
        """Say where the mail goes, and offer only what the state allows."""
        if record is None:
            return
        mail: Any = self.fields["mail"]
        address = mail_address(record)
        mail.label = _("mail it to %(address)s") % {"address": address} if address else mail.label
        mail.disabled = not address
        mail.help_text = "" if address else _("No mail address of the customer is known.")
        if record.status == TicketStatus.RESOLVED:
            then: Any = self.fields["then"]
            then.choices = AnswerThen.choices[:1]


class NoteForm(forms.Form):
    text = forms.CharField(label=_("internal note"), widget=forms.Textarea({"rows": 4}))
    external_id = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)


class CustomerMessageForm(forms.Form):
    """What the customer said, by mail, on the phone or at the counter."""

    text = forms.CharField(label=_("what the customer said"), widget=forms.Textarea({"rows": 4}))
    sender = forms.ModelChoiceField(Party.objects.all(), label=_("said by"), required=False)
    channel = forms.ChoiceField(label=_("came in by"), choices=TicketChannel, required=False)
    external_id = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def prepare(self, caller: Caller, record: Any) -> None:
        if record is not None:
            self.initial.setdefault("sender", record.contact_id or record.party_id)
            self.initial.setdefault("channel", record.channel)


class AssignForm(forms.Form):
    assignee = forms.ModelChoiceField(User.objects.all(), label=_("assignee"), required=False)
    team = forms.ModelChoiceField(Team.objects.all(), label=_("team"), required=False)

    def prepare(self, caller: Caller, record: Any) -> None:
        self.initial.setdefault("assignee", caller.user.pk)
        if record is not None:
            self.initial.setdefault("team", record.team_id)


class ResolveForm(forms.Form):
    resolution = forms.CharField(
        label=_("resolution"),
        widget=forms.Textarea({"rows": 4}),
        help_text=_("What solved it, in words that help the next one who has this case."),
    )


class ReopenForm(forms.Form):
    reason = forms.CharField(label=_("reason"), widget=forms.Textarea({"rows": 3}))


class CloseForm(forms.Form):
    reason = forms.CharField(
        label=_("reason"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Needed where nothing was resolved: a duplicate, spam, a matter for somebody else."),
    )


class TicketCategoryForm(RecordForm):
    class Meta:
        model = TicketCategory
        fields = ("name", "active")
