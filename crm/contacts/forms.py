"""What is asked when something is logged, planned, agreed or related."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.parties.models import Party
from core.ui.forms import RecordForm
from core.ui.resource import Caller
from crm.contacts.enums import PLANNED_KINDS, Channel, ConsentAct, Direction, InteractionKind, RelationKind
from crm.contacts.models import Interaction

MORNING = dt.time(9)


class NoteForm(forms.Form):
    text = forms.CharField(label=_("text"), widget=forms.Textarea({"rows": 4}))


class CallForm(forms.Form):
    subject = forms.CharField(label=_("subject"), max_length=250)
    direction = forms.ChoiceField(label=_("direction"), choices=Direction, initial=Direction.OUTBOUND)
    minutes = forms.IntegerField(label=_("minutes"), required=False, min_value=0)
    text = forms.CharField(label=_("what was said"), required=False, widget=forms.Textarea({"rows": 4}))


class MeetingForm(forms.Form):
    subject = forms.CharField(label=_("subject"), max_length=250)
    happened_at = forms.DateTimeField(label=_("when"), required=False)
    minutes = forms.IntegerField(label=_("minutes"), required=False, min_value=0)
    text = forms.CharField(label=_("what was said"), required=False, widget=forms.Textarea({"rows": 4}))


class PlanForm(forms.Form):
    """A task, call or meeting for somebody; by default for oneself, tomorrow morning."""

    subject = forms.CharField(label=_("subject"), max_length=250)
    kind = forms.ChoiceField(label=_("kind"), choices=[(kind.value, kind.label) for kind in PLANNED_KINDS])
    due_at = forms.DateTimeField(label=_("due"))
    owner = forms.ModelChoiceField(User.objects.all(), label=_("for"), required=False)
    text = forms.CharField(label=_("text"), required=False, widget=forms.Textarea({"rows": 3}))

    def prepare(self, caller: Caller, record: Model | None) -> None:
        self.initial.setdefault("due_at", tomorrow_morning(caller.now))
        self.initial.setdefault("owner", caller.user.pk)


class TaskForm(PlanForm):
    """A task as it is written from the list of tasks, where nothing says yet whom it is about."""

    party = forms.ModelChoiceField(Party.objects.all(), label=_("party"))
    field_order = ("party", "subject", "kind", "due_at", "owner", "text")


class InteractionForm(RecordForm):
    """What happened, written from the list of interactions."""

    party = forms.ModelChoiceField(Party.objects.all(), label=_("party"))

    class Meta:
        model = Interaction
        fields = ("kind", "party", "subject", "direction", "minutes", "happened_at", "text", "owner")

    def prepare(self, caller: Caller, record: Any) -> None:
        """Tasks are planned elsewhere; one that is there already can still be corrected."""
        if record is None:
            kind: Any = self.fields["kind"]
            kind.choices = [choice for choice in kind.choices if choice[0] != InteractionKind.TASK]


class RescheduleForm(forms.Form):
    due_at = forms.DateTimeField(label=_("due"))


class CompleteForm(forms.Form):
    text = forms.CharField(label=_("what came of it"), required=False, widget=forms.Textarea({"rows": 3}))


class ConsentForm(forms.Form):
    channel = forms.ChoiceField(label=_("channel"), choices=Channel)
    act = forms.ChoiceField(label=_("consent"), choices=ConsentAct)
    evidence = forms.CharField(label=_("evidence"), max_length=250, help_text=_("Where it was said: form, mail, call."))


class RelationForm(forms.Form):
    kind = forms.ChoiceField(label=_("relation"), choices=RelationKind)
    other = forms.ModelChoiceField(Party.objects.all(), label=_("to"))
    note = forms.CharField(label=_("note"), max_length=250, required=False)


def tomorrow_morning(now: dt.datetime) -> dt.datetime:
    """Nine o'clock of the reader's next day."""
    day = timezone.localtime(now).date() + dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(day, MORNING))


def moved_to(task: Any) -> dict[str, Any]:
    """A day later than it was due: what rescheduling usually means."""
    return {"due_at": task.due_at + dt.timedelta(days=1) if task.due_at else None}
