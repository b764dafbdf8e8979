"""Screens of interactions and tasks, and what contacts adds to the page of a party."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.ui.actions import Action
from core.ui.badges import Badge
from core.ui.panels import AttributesPanel
from core.ui.registry import extend, register
from core.ui.resource import Menu, PresetView, Resource
from crm.contacts import forms
from crm.contacts.activities import PARTY, activity_actions
from crm.contacts.columns import about_column, about_link, task_state_column
from crm.contacts.filters import TaskFilter
from crm.contacts.models import Interaction
from crm.contacts.operations import (
    change_interaction,
    complete_task,
    log_interaction,
    plan_interaction,
    record_consent,
    relate_parties,
    reopen_task,
    reschedule_task,
    update_task,
)
from crm.contacts.panels import ConsentPanel, NextActivityPanel, RelationshipsPanel, TimelinePanel

TASK_ACTIONS = (
    Action(
        "complete",
        _("Complete"),
        complete_task,
        form=forms.CompleteForm,
        when=lambda task: task.is_open,
        style="primary",
        icon="circle-check",
        bulk=True,
        success=_("Done."),
    ),
    Action(
        "reschedule",
        _("Reschedule"),
        reschedule_task,
        form=forms.RescheduleForm,
        initial=forms.moved_to,
        when=lambda task: task.is_open,
        icon="calendar-time",
        bulk=True,
    ),
    Action(
        "reopen",
        _("Reopen"),
        reopen_task,
        when=lambda task: task.done_at is not None and task.due_at is not None,
        icon="arrow-back-up",
    ),
)


DETAILS = AttributesPanel(
    fields=(
        "kind",
        "party",
        about_link(),
        "direction",
        "minutes",
        "happened_at",
        "due_at",
        "done_at",
        "owner",
        "text",
    )
)


def badge_of(obj: Interaction) -> Badge:
    """Its kind; of a planned one, whether it is still to do."""
    if obj.due_at is None:
        return Badge(str(obj.get_kind_display()), "grey")
    return Badge(str(_("Open")), "blue") if obj.is_open else Badge(str(_("Done")), "green")


@register
class InteractionResource(Resource):
    model = Interaction
    slug = "interactions"
    menu = Menu("sales", order=60, icon="message-circle")
    columns = ("subject", "kind", "party", "happened_at", "due_at", "owner")
    more_columns = ("direction", "minutes", "done_at", about_column(), "created_at")
    filters = ("kind", "party", "owner", "direction", "happened_at", "due_at")
    search = True
    form, create, update = forms.InteractionForm, log_interaction, change_interaction
    panels = (DETAILS,)
    actions = TASK_ACTIONS
    saved_views = (
        PresetView("mine", _("Mine"), {"owner": "me"}),
        PresetView("calls", _("Calls"), {"kind": "call"}),
    )

    def subtitle(self, obj: Interaction) -> str:
        return str(obj.party or "")

    def status_badge(self, obj: Interaction) -> Badge:
        return badge_of(obj)


@register
class TaskResource(Resource):
    """The planned ones: what there is to do."""

    model = Interaction
    slug = "tasks"
    search = True
    actions = TASK_ACTIONS
    panels = (DETAILS,)
    menu = Menu("sales", order=5, icon="checklist", key="t")
    label, label_plural = _("task"), _("tasks")
    columns = (
        "subject",
        "kind",
        "party",
        about_column(),
        "due_at",
        task_state_column(),
        "owner",
    )
    more_columns = ("done_at", "created_at")
    ordering = "due_at"
    filters = TaskFilter
    form, create, update = forms.TaskForm, plan_interaction, update_task
    saved_views = (
        PresetView("mine", _("My tasks"), {"owner": "me", "is_open": "1"}, default=True),
        PresetView("late", _("Late"), {"due_at_to": "today-1", "is_open": "1"}),
        PresetView("today", _("Today"), {"due_at_from": "today", "due_at_to": "today", "is_open": "1"}),
        PresetView("open", _("All open"), {"is_open": "1"}),
    )

    def subtitle(self, obj: Interaction) -> str:
        return str(obj.party or "")

    def status_badge(self, obj: Interaction) -> Badge:
        return badge_of(obj)

    def editable(self, obj: Interaction) -> bool:
        return obj.is_open

    def queryset(self) -> QuerySet[Any]:
        return Interaction.objects.filter(due_at__isnull=False)


def extend_parties() -> None:
    """Talk, consent and relationships on the page of a party."""
    parties = extend("parties")
    for panel in (NextActivityPanel(), TimelinePanel(), ConsentPanel(), RelationshipsPanel()):
        parties.add_panel(panel)
    for action in activity_actions(PARTY, verb="create"):
        parties.add_action(action)
    parties.add_action(
        Action(
            "consent", _("Record consent"), record_consent, form=forms.ConsentForm, verb="create", icon="shield-check"
        )
    )
    parties.add_action(
        Action(
            "relate",
            _("Add relationship"),
            relate_parties,
            form=forms.RelationForm,
            verb="create",
            icon="link",
            id_name="party_id",
        )
    )


extend_parties()
