"""How far a person reaches beside the address of a record: choices of forms, companies, their own things, signed links,
Django admin, and methods that a page does not have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.access.enums import Role
from core.company import operations
from core.errors import NotAllowedError
from core.ui.forms import build_form
from core.ui.lines import Lines
from core.ui.tokens import create_token
from tests.factories.company import MembershipFactory, UserFactory
from tests.security.browser import Browser
from tests.security.table import Rule, asked, ruled
from tests.security.urls import addresses
from tests.security.world import RESOURCES, World


def test_forms_offer_and_take_only_records_of_the_own_company(world: World) -> None:
    """For every field of every form, action and line that points at a record: nothing of the other company is a choice,
    even for somebody who belongs to both."""
    caller, checked = world.caller(world.neighbour, world.home), 0
    for resource in RESOURCES:
        record = world.records[resource.slug]
        forms: list[Callable[[], Any]] = []
        if resource.form is not None:
            forms.append(lambda form=resource.form: build_form(form, caller))
        if resource.lines is not None:
            forms.append(lambda lines=resource.lines: Lines(lines, caller).formset.empty_form)
        for action in resource.actions:
            if action.form is not None:
                forms.append(lambda form=action.form, on=record: build_form(form, caller, record=on))
        for make in forms:
            for name, field in make().fields.items():
                if (queryset := getattr(field, "queryset", None)) is None:
                    continue
                companies = _companies(queryset)
                assert companies <= {world.home.pk}, (resource.slug, make().__class__.__name__, name)
                checked += 1
    assert checked > 50


def _companies(queryset: Any) -> set[Any]:
    """The companies of what may be chosen; people belong to those of their memberships."""
    model = queryset.model
    names = {field.name for field in model._meta.get_fields()}
    if "company" in names:
        return set(queryset.order_by().values_list("company_id", flat=True).distinct())
    return set()


def test_only_colleagues_can_be_chosen(world: World) -> None:
    stranger = UserFactory(name="Stranger")
    MembershipFactory(user=stranger, company=world.away, role=Role.SALESPERSON)
    for resource in RESOURCES:
        if "owner" in getattr(resource.form, "base_fields", {}):
            form = build_form(resource.form, world.caller(world.neighbour, world.home))  # type: ignore[arg-type]
            assert not form.fields["owner"].queryset.filter(pk=stranger.pk).exists(), resource.slug


def test_a_person_switches_only_to_a_company_of_theirs(world: World) -> None:
    client = world.client(world.everyone)
    assert client.post("/preferences/company/", {"company": world.away.pk}).status_code == 403
    assert client.get(
        "/api/v1/parties/?company=" + world.away.code, headers=world.token(world.everyone)
    ).status_code in (
        400,
        403,
    )


def test_a_session_that_names_a_lost_company_works_in_an_own_one(world: World) -> None:
    client = Client()
    client.force_login(world.by_role[Role.DIRECTOR])
    session = client.session
    session["mfa_present"], session["company_id"] = True, world.away.pk
    session.save()
    pk = world.foreign["parties"].pk
    assert client.get(reverse("ui:parties-detail", args=(pk,))).status_code == 404


def test_what_belongs_to_one_person_is_theirs_alone(world: World) -> None:
    """A colleague with every role opens neither a run nor a private view of somebody else."""
    colleague = world._person("Cy Example", world.home)
    browser = world.browser(colleague)
    for address in ruled(Rule.OWN):
        for url in world.urls(address):
            for method in asked(address):
                assert browser.ask(method, url, {"operation": "delete"}).status_code == 404, (method, url)


def test_an_invitation_gives_no_say_over_an_account(world: World) -> None:
    """Anybody's address can be invited; what they do in another company stays their own."""
    chief, guest = world.by_role[Role.ADMINISTRATOR], UserFactory(name="Guest")
    MembershipFactory(user=guest, company=world.away, role=Role.DIRECTOR)
    MembershipFactory(user=guest, company=world.home, role=Role.BUYER)
    create_token(user=guest, now=world.caller().now, name="Web shop of the other company")
    for act in (
        operations.sign_out_everywhere,
        operations.deactivate_person,
        operations.reactivate_person,
        operations.reset_second_factor,
    ):
        with pytest.raises(NotAllowedError):
            act(person_id=guest.pk, company_id=world.home.pk, user=chief, now=world.caller().now)
    answer = world.browser(chief).get(reverse("ui:person", args=(guest.pk,)))
    assert answer.status_code == 200
    assert "Web shop of the other company" not in answer.content.decode()


def test_a_signed_link_opens_only_what_it_names(world: World) -> None:
    browser = Browser()
    for address in ruled(Rule.SIGNED):
        (token,) = world.arguments(address)[0]
        assert browser.get(reverse(address.name, args=(token,))).status_code == 200
        value, _colon, rest = token.partition(":")
        company, _dot, pk = value.partition(".")
        for wrong in (
            f"{company}.{int(pk) + 1}:{rest}",
            f"{world.away.pk}.{pk}:{rest}",
            f"{value}:0:{rest.rpartition(':')[2]}",
            f"{value}:{rest[::-1]}",
            value,
            "nothing",
        ):
            for method in asked(address):
                assert browser.ask(method, reverse(address.name, args=(wrong,))).status_code == 404, wrong


def test_a_draft_has_no_public_page(world: World, client: Client) -> None:
    from erp.orders.public.links import token_of  # noqa: PLC0415

    url = reverse("orders:quotation", args=(token_of(world.records["quotations"]),))
    assert client.get(url).status_code == 404


def test_admin_pages_are_for_staff_with_the_right(world: World) -> None:
    pages = [address for address in addresses() if address.name.startswith("admin:") and not address.parameters]
    nobody, colleague = Browser(), world.browser(world.everyone)
    clerk = UserFactory(is_staff=True)
    MembershipFactory(user=clerk, company=world.home, role=Role.DIRECTOR)
    staff = world.browser(clerk)
    for address in pages:
        url = reverse(address.name)
        if address.name.endswith("_changelist"):
            answer = colleague.get(url)
            assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/admin/login/"), url
            answer = staff.get(url)
            assert (answer.status_code, answer.headers.get("Location", "/admin/login/").split("?")[0]) in (
                (403, "/admin/login/"),
                (302, "/admin/login/"),
            ), url
    assert nobody.get("/admin/")["Location"].startswith("/admin/login/")
    assert nobody.get(url)["Location"].startswith("/admin/login/")


def test_the_wall_stands_before_the_admin_site_too(world: World) -> None:
    """The installation's keeper sees in Django admin what lies in the companies they belong to, and nothing else."""
    keeper = UserFactory(is_staff=True, is_superuser=True)
    MembershipFactory(user=keeper, company=world.away, role=Role.ADMINISTRATOR)
    browser = world.browser(keeper)
    for address in addresses():
        if not (address.name.startswith("admin:") and address.name.endswith("_change")):
            continue
        record = next(
            (r for r in world.records.values() if address.name == f"admin:{_admin_name(r)}_change"),
            None,
        )
        if record is not None:
            answer = browser.get(reverse(address.name, args=(record.pk,)))
            assert (answer.status_code, answer.headers.get("Location")) == (302, "/admin/"), address.name


def _admin_name(record: Any) -> str:
    return f"{record._meta.app_label}_{record._meta.model_name}"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_reading_pages_refuse_to_write(world: World, method: str) -> None:
    """A method that a view does not declare is refused, never taken for another."""
    browser = world.browser(world.everyone)
    for address in ruled(Rule.RECORD, Rule.REPORT, Rule.PERSONAL):
        if method not in address.methods and (address.resource is None or address.resource.slug == "parties"):
            for url in world.urls(address):
                answer = browser.ask(method, url)
                # Managing people asks for the password before anything else.
                asks_password = answer.headers.get("Location", "").startswith("/accounts/reauthenticate/")
                assert answer.status_code in (404, 405) or asks_password, (method, url)
