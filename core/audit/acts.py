"""Who acts, and by which verb: what the triggers of the history write beside every change.

pghistory's own context manager puts two commands in front of each statement, which a prepared statement cannot have. So
the transaction announces the same settings once (core/company/announcing.py).
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from core.company.announcing import announce, announced_by, can_announce

ID, METADATA = "pghistory.context_id", "pghistory.context_metadata"
NOBODY = {ID: "", METADATA: ""}


@dataclass(frozen=True, slots=True)
class Act:
    """Everything that one request or job changes."""

    known: dict[str, Any]
    id: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def settings(self) -> dict[str, str]:
        return {ID: str(self.id), METADATA: json.dumps(self.known, cls=DjangoJSONEncoder)}


_act: ContextVar[Act | None] = ContextVar("act", default=None)


def _announced() -> dict[str, str]:
    current = _act.get()
    return current.settings if current else {}


announced_by(_announced)


@contextmanager
def acting(**known: Any) -> Iterator[None]:
    """Whatever changes within this block was one act, of which this is known: `user`, `company`, `verb`, `url`,
    `request_id`, `job`. A block inside another adds to the outer act, to its end."""
    outer = _act.get()
    if outer is not None:
        outer.known.update(known)
        if can_announce():
            announce(outer.settings)
        yield
        return
    current = Act(known)
    token = _act.set(current)
    inside = can_announce()
    try:
        if inside:
            announce(current.settings)
        yield
    finally:
        _act.reset(token)
        if inside and can_announce():
            announce(NOBODY)
