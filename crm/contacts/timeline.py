"""What happened around a record, merged from whoever knows something: interactions, audit, and the documents of the
chain, which integration adds. A provider is a function; nobody below needs to know who provides."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model

if TYPE_CHECKING:
    from core.access.models import User

# The actions of a record that add to its timeline, where its Resource has them (`activities.activity_actions`).
QUICK_ACTIONS = ("log_note", "log_call", "log_meeting", "plan_task")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened, as the timeline shows it.

    :ivar title: plain text; whoever shows it escapes it.
    :ivar color: "", or one of the status colours, for what needs an eye.
    """

    at: dt.datetime
    icon: str
    title: str
    text: str = ""
    user: str = ""
    url: str = ""
    color: str = ""
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose timeline is asked for, by whom, and how much of it.

    :ivar limit: a provider gives its latest entries, at most this many.
    """

    record: Model
    user: "User"
    company_id: int
    limit: int

    def is_a(self, label: str) -> bool:
        """Whether the record is of the model with this label, such as `parties.party`."""
        return self.record._meta.label_lower == label

    @property
    def party_id(self) -> Any:
        """The party the record is, or belongs to; None without one."""
        return self.record.pk if self.is_a("parties.party") else getattr(self.record, "party_id", None)


Provider = Callable[[Subject], Iterable[TimelineEntry]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Have `provider(subject)` add its entries to every timeline; called from an app's `ready`.

    It gives what the subject's user may see, latest first, with a fixed number of queries, and nothing for records it
    does not know.
    """
    if provider not in _providers:
        _providers.append(provider)


def timeline(record: Model, *, user: "User", company_id: int, limit: int = 50) -> list[TimelineEntry]:
    """The latest entries of all providers: pinned ones (open tasks), the nearest first, then the rest, latest first."""
    subject = Subject(record, user, company_id, limit)
    entries = [entry for provider in _providers for entry in provider(subject)]
    pinned = sorted((entry for entry in entries if entry.pinned), key=lambda entry: entry.at)
    past = sorted((entry for entry in entries if not entry.pinned), key=lambda entry: entry.at, reverse=True)
    return [*pinned, *past][:limit]
