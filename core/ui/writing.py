"""Creating and changing a record from a valid form: the one call that browser and API share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.ui import defaults
from core.ui.actions import call, parameters
from core.ui.idempotency import once
from core.ui.resource import Caller, Resource
from core.ui.submission import attempt

Lines = Sequence[Mapping[str, Any]] | None


def create(
    resource: Resource, caller: Caller, values: Mapping[str, Any], lines: Lines, *, key: str = "", external_id: str = ""
) -> tuple[Any, bool]:
    """Create a record; with a key, at most once. Answers the record and whether it was there already.

    :raises core.errors.DomainError: what the operation refuses.
    """
    everything = _arguments(resource, values, lines)
    if external_id and resource.create and "external_id" in parameters(resource.create):
        everything["external_id"] = external_id

    def act() -> Any:
        record = _create(resource, caller, values, lines, everything)
        if external_id:
            _name_externally(record, external_id)
        return record

    if not key:
        return attempt(act), False
    meaning = {**everything, "external_id": external_id}
    return attempt(lambda: once(caller, scope=f"{resource.slug}.create", key=key, values=meaning, act=act))


def _arguments(resource: Resource, values: Mapping[str, Any], lines: Lines) -> dict[str, Any]:
    if lines is None or resource.lines is None:
        return dict(values)
    return {**values, resource.lines.name: [dict(line) for line in lines]}


def _create(resource: Resource, caller: Caller, values: Mapping[str, Any], lines: Lines, every: dict[str, Any]) -> Any:
    if resource.create:
        return call(resource.create, caller=caller, values=every)
    return defaults.create_default(
        resource.model,
        company_id=caller.company_id,
        user=caller.user,
        now=caller.now,
        values=values,
        lines=lines,
        relation=resource.lines.accessor if resource.lines else "lines",
    )


def _name_externally(record: Any, external_id: str) -> None:
    """Give a new record its name in another system, where the operation did not."""
    if record.external_id != external_id:
        record.external_id = external_id
        record.save(update_fields=["external_id"])


def update(
    resource: Resource,
    caller: Caller,
    record: Any,
    values: Mapping[str, Any],
    lines: Lines,
    *,
    expected_version: int | None = None,
) -> Any:
    """Change a record.

    :raises core.errors.ConflictError: when it is not at `expected_version` any more.
    :raises core.errors.DomainError: what the operation refuses.
    """
    if resource.update:
        operation = resource.update
        every = _arguments(resource, values, lines)
        return attempt(
            lambda: call(operation, caller=caller, values=every, record=record, expected_version=expected_version)
        )
    return attempt(
        lambda: defaults.update_default(
            record,
            user=caller.user,
            now=caller.now,
            values=values,
            expected_version=expected_version,
            lines=lines,
            relation=resource.lines.accessor if resource.lines else "lines",
        )
    )
