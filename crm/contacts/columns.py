"""Columns that several lists of the wing share."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ui.resource import Column
from crm.contacts.models import Interaction
from crm.contacts.queries import activity_state


def about_column() -> Column:
    """The kind of record an interaction is about; its name would cost a query a row."""
    return Column("about_label", _("About"), kind="text", sort=False, value=_kind_of_record)


def about_link() -> Column:
    """The record an interaction is about, for the page of one interaction."""
    return Column("about_label", _("About"), kind="link", sort=False, value=_record)


def next_activity_column(name: str = "next_activity_at") -> Column:
    """Nothing planned, planned, or late; sorted by when it is due, and that moment in the API."""

    def state(row: Any) -> str:
        return str(activity_state(getattr(row, name), timezone.now()).label)

    return Column(name, _("Next activity"), kind="text", value=state)


def task_state_column() -> Column:
    """Done, planned or late."""
    return Column("is_open", _("State"), kind="text", sort=False, value=_task_state)


def _task_state(task: Interaction) -> str:
    return str(_("Done") if task.done_at else activity_state(task.due_at, timezone.now()).label)


def _kind_of_record(row: Interaction) -> str:
    return str(row.about.model._meta.verbose_name) if row.about else ""


def _record(row: Interaction) -> Any:
    return row.about.resolve() if row.about else None
