"""A form takes the fields that it declares; whatever else is sent changes nothing (QUALITY 29)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models

from core.access.models import User
from core.ui.api.representation import output_names
from core.ui.resource import Resource
from tests.security.world import RESOURCES, World
from tests.ui.test_resources import posted

# What no form may ever offer: ownership, identity, state and everything that a posting writes.
PROTECTED = {
    "id", "pk", "company", "status", "number", "version", "external_id", "created_at", "created_by", "updated_at",
    "posted_at", "posted_by", "approved_at", "approved_by", "paid_at", "sent_at", "closed_at", "confirmed_at",
    "is_superuser", "is_staff", "is_active", "password", "user_permissions", "groups", "is_demo",
}  # fmt: skip
# Forms where such a name is a choice of the person's: Resource or form → name.
ALLOWED: dict[str, set[str]] = {
    "parties.add_tax_id": {"number"},  # the party's own number at its tax office
    "price-lists": {"groups"},  # of customers
    "tickets.answer": {"external_id"},  # the message's name in the system that it came from
    "tickets.note": {"external_id"},
    "tickets.customer_message": {"external_id"},
}
MOVING = {"version", "updated_at"}


def evil(field: models.Field[Any, Any], world: World) -> Any:
    """A value that the column would take."""
    if field.is_relation:
        found = next((r for r in world.foreign.values() if isinstance(r, field.related_model)), None)  # type: ignore[arg-type]
        if field.related_model is User:
            found = world.neighbour
        return found.pk if found is not None else world.away.pk
    if field.choices:
        return str(field.flatchoices[-1][0])
    for kind, value in (
        (models.BooleanField, "1"),
        (models.DateTimeField, "2001-02-03T04:05"),
        (models.DateField, "2001-02-03"),
        (models.DecimalField, "777"),
        (models.IntegerField, "777"),
    ):
        if isinstance(field, kind):
            return value
    return "EVIL"


def undeclared(resource: Resource, names: Any) -> Iterator[models.Field[Any, Any]]:
    for field in resource.model._meta.concrete_fields:
        if field.name not in names and not field.primary_key:
            yield field


def forms_of(resource: Resource) -> Iterator[tuple[str, type[forms.BaseForm]]]:
    if resource.form is not None:
        yield resource.slug, resource.form
    if resource.lines is not None:
        yield f"{resource.slug}.{resource.lines.name}", resource.lines.form
    for action in resource.actions:
        if action.form is not None:
            yield f"{resource.slug}.{action.name}", action.form


def test_no_form_offers_what_only_operations_write() -> None:
    for resource in RESOURCES:
        for name, form in forms_of(resource):
            offered = set(getattr(form, "base_fields", {})) & PROTECTED
            assert offered - ALLOWED.get(name, set()) == set(), name
            if issubclass(form, forms.BaseModelForm):
                assert form._meta.fields not in (None, "__all__"), f"{name}: say which fields"
                assert form._meta.exclude is None, f"{name}: name the fields that are in, not those that are out"


def test_a_changed_record_takes_only_declared_fields(world: World) -> None:
    client, checked = world.client(world.everyone), 0
    for resource in RESOURCES:
        record = world.records[resource.slug]
        if not resource.can_update or not resource.editable(record):
            continue
        url = resource.url("edit", record.pk)
        data = posted(client.get(url))
        declared = set(getattr(resource.form, "base_fields", {}))
        rows = resource.model._base_manager.filter(pk=record.pk)
        before = rows.values().get()
        for field in undeclared(resource, declared | MOVING):
            data |= {field.name: evil(field, world), field.attname: evil(field, world)}
        answer = client.post(url, data)
        assert answer.status_code in (302, 422), resource.slug
        after = rows.values().get()
        changed = {name for name in after if after[name] != before[name]} - MOVING
        assert changed == set(), resource.slug
        checked += answer.status_code == 302
    assert checked > 15


def test_a_program_changes_only_declared_fields(world: World) -> None:
    """Names that the API answers with are taken back unread, so that a program may send what it got."""
    browser, token = world.browser(world.everyone), world.token(world.everyone)
    for resource in RESOURCES:
        record = world.records[resource.slug]
        if not (resource.api and resource.can_update and resource.editable(record)):
            continue
        declared = set(getattr(resource.form, "base_fields", {}))
        rows, url = resource.model._base_manager.filter(pk=record.pk), f"/api/v1/{resource.slug}/{record.pk}/"
        before = rows.values().get()
        known = set(output_names(resource)) | {"external_id"}
        every = list(undeclared(resource, declared | MOVING | {"company"}))
        body = {field.name: evil(field, world) for field in every if field.name in known}
        answer = browser.ask("patch", url, body, **token)
        assert answer.status_code in (200, 409, 422), (resource.slug, answer.content)
        unknown = next((field for field in every if field.name not in known), None)
        if unknown is not None:
            answer = browser.ask("patch", url, {unknown.name: evil(unknown, world)}, **token)
            assert answer.status_code == 400, (resource.slug, unknown.name)
        answer = browser.ask("patch", url, {"company": world.away.pk}, **token)
        assert answer.status_code == 400, resource.slug
        after = rows.values().get()
        assert {name for name in after if after[name] != before[name]} - MOVING == set(), resource.slug


def test_a_created_record_belongs_to_the_person_s_company(world: World) -> None:
    browser = world.browser(world.everyone)
    answer = browser.post(
        "/parties/new/",
        {
            "name": "Fresh", "kind": "organisation", "is_customer": "on", "company": world.away.pk, "id": "1",
            "company_id": world.away.pk, "created_by": world.neighbour.pk, "version": "99", "external_id": "EVIL",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    made = type(world.records["parties"]).objects.get(name="Fresh")
    assert (made.company, made.created_by, made.version, made.external_id) == (world.home, world.everyone, 1, "")


def test_a_person_sets_only_preferences_of_their_own(world: World) -> None:
    before = User.objects.filter(pk=world.everyone.pk).values().get()
    data: dict[str, Any] = {field.name: evil(field, world) for field in User._meta.concrete_fields}
    data |= {"is_superuser": "on", "is_staff": "on", "email": "evil@example.com", "groups": "1", "theme": "dark"}
    for url in ("/preferences/", "/preferences/company/", "/accounts/email/", "/accounts/password/change/"):
        world.browser(world.everyone).post(url, {**data, "company": world.home.pk})
    after = User.objects.filter(pk=world.everyone.pk).values().get()
    assert {name for name in after if after[name] != before[name]} <= {
        "theme",
        "density",
        "language",
        "shortcuts_enabled",
    }


def test_actions_take_only_their_own_fields(world: World) -> None:
    record = world.records["tasks"]
    answer = world.browser(world.everyone).post(
        f"/tasks/{record.pk}/actions/complete/",
        {
            "company": world.away.pk,
            "owner": world.neighbour.pk,
            "subject": "EVIL",
            "user": world.neighbour.pk,
            "now": "2001-01-01",
        },
    )
    assert answer.status_code == 302
    after = type(record).objects.get(pk=record.pk)
    assert (after.company, after.owner_id, after.subject) == (world.home, record.owner_id, record.subject)
    assert after.done_at is not None
    assert after.done_at.date() >= dt.date(2026, 1, 1)


def test_amounts_of_a_document_are_ours(world: World) -> None:
    """Totals come from the pricing engine, never from what was posted."""
    browser, token = world.browser(world.everyone), world.token(world.everyone)
    body = {
        "party": world.records["parties"].pk,
        "lines": [{"description": "Work", "quantity": "1", "unit_price": "100", "net_amount": "1", "tax_amount": "0"}],
        "total_amount": "1",
    }
    answer = browser.ask("post", "/api/v1/quotations/", body, **token)
    assert answer.status_code in (201, 400, 422)
    if answer.status_code == 201:
        made = type(world.records["quotations"]).objects.latest("pk")
        assert made.net_amount == Decimal(100)
