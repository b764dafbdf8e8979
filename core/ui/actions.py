"""Actions on a record and the one way in which any screen calls an operation."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import policies
from core.audit.acts import acting
from core.ui.badges import status_badge
from core.ui.logs import note_document

if TYPE_CHECKING:
    from core.ui.resource import Caller, Text

Operation = Callable[..., Any]


@dataclass(frozen=True)
class Action:
    """A verb on a record, such as win, post or ship.

    :ivar name: also its policy verb and its API path (`/deals/7/win/`).
    :ivar when: shows the action; the operation checks the state again and has the last word.
    :ivar confirm: text, or a function of the record giving lines that say what will happen, with figures.
    :ivar initial: function of the record giving the form's initial values.
    :ivar success: text or function of the operation's answer for the message afterwards.
    :ivar follow: go to the operation's answer (a new document) instead of back to the record.
    :ivar step_up: asks for the password or second factor again unless it was given within the last minutes.
    :ivar id_name: the operation's parameter for the record; found from its signature when left out.
    """

    name: str
    label: Text
    operation: Operation
    form: type[forms.BaseForm] | None = None
    when: Callable[[Any], bool] | None = None
    confirm: Text | Callable[[Any], Sequence[Text] | Text] | None = None
    style: Literal["primary", "secondary", "danger"] = "secondary"
    icon: str = ""
    bulk: bool = False
    verb: str = ""
    initial: Callable[[Any], Mapping[str, Any]] | None = None
    success: Text | Callable[[Any], Text] | None = None
    follow: bool = False
    api: bool = True
    id_name: str = ""
    step_up: bool = False
    submit_label: Text = None

    @property
    def permission(self) -> str:
        return self.verb or self.name

    @property
    def asks(self) -> bool:
        """Whether a page stands between the button and the act."""
        return self.form is not None or self.confirm is not None

    def possible(self, obj: Any) -> bool:
        return self.when is None or bool(self.when(obj))

    def offered(self, caller: Caller, obj: Model) -> bool:
        """Allowed to this person and possible in this state."""
        return self.possible(obj) and policies.may(caller.user, self.permission, obj, caller.company_id)

    def consequences(self, obj: Any) -> list[str]:
        """Lines that say what will happen."""
        answer = self.confirm(obj) if callable(self.confirm) else self.confirm
        if answer is None:
            return []
        return [str(line) for line in answer] if isinstance(answer, list | tuple) else [str(answer)]

    def message(self, result: Any) -> str:
        """What to say afterwards: the action's own words, else which record it made or changed, and its state now."""
        own = self.success(result) if callable(self.success) else self.success
        if own:
            return str(own)
        badge = status_badge(result, {})
        if badge is None:
            return _("%(action)s: done.") % {"action": self.label}
        return _("%(record)s: %(state)s.") % {"record": result, "state": badge.label}


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@lru_cache(maxsize=2048)
def parameters(operation: Operation) -> frozenset[str]:
    return frozenset(inspect.signature(operation).parameters)


@lru_cache(maxsize=2048)
def id_parameter(operation: Operation, model: type[Model]) -> str:
    """The parameter that takes the record's id: `sales_order_id`, or the only `…_id` without a default.

    :raises ImproperlyConfigured: when it cannot be told; give the Action an `id_name`.
    """
    accepted = inspect.signature(operation).parameters
    for base in model.__mro__:
        if isinstance(base, type) and f"{snake(base.__name__)}_id" in accepted:
            return f"{snake(base.__name__)}_id"
    required = [
        name
        for name, parameter in accepted.items()
        if name.endswith("_id") and name != "company_id" and parameter.default is inspect.Parameter.empty
    ]
    if len(required) == 1:
        return required[0]
    raise ImproperlyConfigured(
        f"{operation.__name__} has no clear parameter for the id of {model.__name__}: {required}"
    )


def call(
    operation: Operation,
    *,
    caller: Caller,
    values: Mapping[str, Any],
    record: Model | None = None,
    id_name: str = "",
    expected_version: int | None = None,
    verb: str = "",
) -> Any:
    """Call an operation: ids in, `user` and `now` from the caller. This is the only door from screens, bulk and API.

    :param verb: `deals.win`; the history of whatever changes says it.
    :raises core.errors.DomainError: whatever the operation refuses.
    """
    accepted = parameters(operation)
    arguments: dict[str, Any] = dict(values)
    context = {"user": caller.user, "now": caller.now, "company_id": caller.company_id}
    arguments.update({name: value for name, value in context.items() if name in accepted})
    if record is not None:
        arguments[id_name or id_parameter(operation, type(record))] = record.pk
    if expected_version is not None and "expected_version" in accepted:
        arguments["expected_version"] = expected_version
    # A job has no request that would name the author, so this does.
    with acting(user=caller.user.pk, **({"verb": verb} if verb else {})):
        result = operation(**arguments)
    if isinstance(result, Model):
        note_document(result)
    return result


def active_switch(activate: Operation, deactivate: Operation, consequence: Text) -> tuple[Action, Action]:
    """The two verbs of master data that is never deleted, for one record or for many."""
    return (
        Action(
            "activate",
            gettext_lazy("Activate"),
            activate,
            when=lambda record: not record.active,
            verb="change",
            icon="circle-check",
            bulk=True,
        ),
        Action(
            "deactivate",
            gettext_lazy("Deactivate"),
            deactivate,
            when=lambda record: bool(record.active),
            confirm=consequence,
            verb="change",
            icon="archive",
            bulk=True,
        ),
    )
