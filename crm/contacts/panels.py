"""Panels about people and talk: the timeline, what comes next, consent, relationships."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.ui import formats, registry
from core.ui.panels import Panel, TablePanel
from core.ui.requests import caller_of
from core.ui.resource import Caller, Column
from crm.contacts.enums import ActivityState
from crm.contacts.models import Consent, Relationship
from crm.contacts.queries import activity_state, consents_of, open_tasks, relationships_of
from crm.contacts.timeline import QUICK_ACTIONS, timeline

STATE_COLORS = {ActivityState.NONE: "grey", ActivityState.PLANNED: "green", ActivityState.LATE: "red"}


class TimelinePanel(Panel):
    """Everything that happened around the record, open tasks on top, with the buttons that add to it."""

    name = "timeline"
    title = _("Timeline")
    template = "ui/panels/timeline.html"
    side = "side"
    lazy = True

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any]:
        caller = caller_of(request)
        entries = timeline(obj, user=caller.user, company_id=caller.company_id)
        return {"entries": entries, "forms": self._forms(caller, obj)}

    def _forms(self, caller: Caller, obj: Any) -> list[dict[str, Any]]:
        resource = registry.for_model(type(obj))
        if resource is None:
            return []
        offered = [resource.action(name) for name in QUICK_ACTIONS]
        return [
            {"label": action.label, "icon": action.icon, "url": resource.url("action", obj.pk, action.name)}
            for action in offered
            if action is not None and action.offered(caller, obj)
        ]


class NextActivityPanel(Panel):
    """Whether anything is planned, and whether it is late: a record without a next step is forgotten."""

    name = "next_activity"
    title = _("Next activity")
    template = "ui/panels/facts.html"
    side = "side"

    def context(self, request: HttpRequest, obj: Any) -> Mapping[str, Any]:
        caller = caller_of(request)
        task = self._nearest(caller, obj)
        state = activity_state(task.due_at if task else None, caller.now)
        value = formats.relative(task.due_at) if task and task.due_at else state.label
        hint = f"{task.subject} · {task.owner or _('nobody')}" if task else _("Plan a task, call or meeting.")
        url = registry.url_for(task) if task else ""
        label = state.label if task else ""
        return {"facts": [{"label": label, "value": value, "hint": hint, "url": url, "color": STATE_COLORS[state]}]}

    def _nearest(self, caller: Caller, obj: Any) -> Any:
        tasks = open_tasks(company_id=caller.company_id).select_related("owner")
        label = obj._meta.label_lower
        if label == "parties.party":
            return tasks.filter(party_id=obj.pk).first()
        return tasks.filter(about_label=label, about_id=obj.pk).first()


class ConsentPanel(TablePanel):
    """What the party said about being contacted: its latest word on every channel."""

    name = "consent"
    title = _("Consent")
    side = "side"
    lazy = True
    linked = False
    columns = ("channel", "act", "given_at", "evidence")
    empty_text = _("Nothing was agreed yet, so no mailing goes here.")

    def rows(self, caller: Caller, obj: Any) -> QuerySet[Any]:
        return Consent.objects.filter(pk__in=[consent.pk for consent in consents_of(party_id=obj.pk)])


class RelationshipsPanel(TablePanel):
    """Who the party works for, was referred by, partners with; and the other way round."""

    name = "relationships"
    title = _("Relationships")
    side = "side"
    lazy = True
    linked = False
    columns = ("party", Column("kind", _("Relation")), "other", "note")

    def rows(self, caller: Caller, obj: Any) -> QuerySet[Relationship]:
        return relationships_of(party_id=obj.pk)
