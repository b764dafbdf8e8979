"""Every change says who made it, for which company, in which request; and nobody changes what was written down
(QUALITY 45)."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from pghistory.models import Context

from core.ui.resource import Resource
from tests.security.world import RESOURCES, World


def event_tables() -> list[str]:
    """Tables in which the database keeps every version of a row."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if any(field.name == "pgh_obj" for field in model._meta.fields) and model._meta.managed
    )


def changes_of(record: Any) -> Any:
    return record.events.select_related("pgh_context")


def changed(resource: Resource, world: World) -> Any:
    """The record after a change of its first free text by the edit form's own door, through the API."""
    record = world.records[resource.slug]
    fields = getattr(resource.form, "base_fields", {})
    name = next((n for n in ("notes", "name", "title", "subject", "reference", "description") if n in fields), "")
    if not (name and resource.api and resource.can_update and resource.editable(record)):
        return None
    url = f"/api/v1/{resource.slug}/{record.pk}/"
    answer = world.browser(world.everyone).ask("patch", url, {name: "Changed"}, **world.token(world.everyone))
    return (record, answer) if answer.status_code == 200 else None


def test_every_change_names_person_company_and_request(world: World) -> None:
    checked = []
    for resource in RESOURCES:
        if not hasattr(resource.model, "events"):
            continue
        before = set(changes_of(world.records[resource.slug]).values_list("pgh_id", flat=True))
        found = changed(resource, world)
        if found is None:
            continue
        record, answer = found
        new = changes_of(record).exclude(pgh_id__in=before)
        assert new.count() == 1, resource.slug
        assert new.get().pgh_context.metadata == {
            "user": world.everyone.pk,
            "company": world.home.pk,
            "url": f"/api/v1/{resource.slug}/{record.pk}/",
            "request_id": answer["X-Request-ID"],
        }, resource.slug
        checked.append(resource.slug)
    assert len(checked) > 8


def test_a_change_by_hand_says_the_same(world: World) -> None:
    record = world.records["tasks"]
    answer = world.browser(world.everyone).post(reverse("ui:tasks-action", args=(record.pk, "complete")))
    assert answer.status_code == 302
    metadata = changes_of(record).latest("pgh_id").pgh_context.metadata
    assert metadata == {
        "user": world.everyone.pk,
        "company": world.home.pk,
        "url": f"/tasks/{record.pk}/actions/complete/",
        "verb": "tasks.complete",
        "request_id": answer["X-Request-ID"],
    }


def test_one_request_is_one_context(world: World) -> None:
    before = Context.objects.count()
    record = world.records["parties"]
    world.browser(world.everyone).ask(
        "patch", f"/api/v1/parties/{record.pk}/", {"name": "Once"}, **world.token(world.everyone)
    )
    assert Context.objects.count() == before + 1


def test_a_reading_request_leaves_no_trace(world: World) -> None:
    before = Context.objects.count()
    world.browser(world.everyone).get(reverse("ui:parties-detail", args=(world.records["parties"].pk,)))
    assert Context.objects.count() == before


def test_history_cannot_be_changed_or_removed(world: World) -> None:
    tables = event_tables()
    assert len(tables) > 10
    with connection.cursor() as cursor:
        for table in (*tables, "pghistory_context"):
            for statement in (f'DELETE FROM "{table}"', f'UPDATE "{table}" SET {_column(table)} = {_column(table)}'):
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    cursor.execute(statement)


def _column(table: str) -> str:
    return "metadata" if table == "pghistory_context" else "pgh_label"
