"""Django admin: every table is there, tidy, read by administrators of its company alone, within a query budget."""

import re
from collections import Counter
from typing import Any

import pytest
from django.contrib.admin import site
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company, Membership
from core.documents.facts import Fact
from core.ui import registry
from core.ui.administration import listed_models
from core.ui.models import ApiToken
from tests.factories import factory_for
from tests.factories.company import CompanyFactory, MembershipFactory, UserFactory, signed_in, user_with
from tests.factories.orders import SalesOrderFactory
from tests.factories.parties import PartyFactory

pytestmark = pytest.mark.django_db
MODELS = sorted(listed_models(), key=lambda model: model._meta.label)
NAMES = [model._meta.label for model in MODELS]
BUDGET = 12

# People write these through operations only; a line would be needed here for a table that shall not be shown at all.
NOT_REGISTERED: dict[str, str] = {}


@pytest.fixture
def company() -> Company:
    return CompanyFactory()


@pytest.fixture
def keeper(company: Company) -> User:
    user = UserFactory(is_staff=True, is_superuser=True)
    MembershipFactory(user=user, company=company, role=Role.ADMINISTRATOR)
    return user


def administrator(company: Company) -> User:
    return user_with(Role.ADMINISTRATOR, company, is_staff=True)


def list_url(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def test_every_table_is_registered_or_has_a_reason() -> None:
    assert {label for model, label in zip(MODELS, NAMES, strict=True) if not site.is_registered(model)} == set(
        NOT_REGISTERED
    )
    assert len(MODELS) > 90


def statements(client: Client, url: str) -> list[str]:
    """The reads of a page, their figures left out."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200, url
    found = [query["sql"] for query in captured.captured_queries]
    return [re.sub(r"\d+|'[^']*'", "?", sql) for sql in found if sql.startswith("SELECT") and "set_config" not in sql]


def test_every_list_opens_within_its_queries_and_reads_no_row_by_row(company: Company) -> None:
    """One test for all of them, because signing in costs more than a list."""
    boss = administrator(company)
    client = signed_in(boss)
    wrong: dict[str, tuple[int, int]] = {}
    for model in MODELS:
        if registry.for_model(model) is not None:
            own = CompanyFactory()
            MembershipFactory(user=boss, company=own, role=Role.ADMINISTRATOR)
            for _row in range(3):
                factory_for(model)(company=own)
        found = Counter(statements(client, list_url(model)))
        if found.total() > BUDGET or max(found.values()) > 2:
            wrong[model._meta.label] = (found.total(), max(found.values()))
    assert wrong == {}


def test_facts_are_only_read_secrets_never_shown_and_everything_searched(keeper: User) -> None:
    request = RequestFactory().get("/")
    request.user = keeper
    for model in MODELS:
        shown = site.get_model_admin(model)
        if issubclass(model, Fact):
            may = (shown.has_add_permission, shown.has_change_permission, shown.has_delete_permission)
            assert [ask(request) for ask in may] == [False, False, False], model
        fields = set(shown.get_fields(request)) | set(shown.get_list_display(request))
        assert fields.isdisjoint({"password", "digest"}), model
        found, _distinct = shown.get_search_results(request, shown.get_queryset(request), "a")
        assert (bool(shown.get_search_fields(request)), len(found[:1]) < 2) == (True, True), model


@pytest.mark.parametrize("role", list(Role))
def test_only_administrators_enter(company: Company, role: Role) -> None:
    user = user_with(role, company, is_staff=role == Role.ADMINISTRATOR)
    expected = 200 if role == Role.ADMINISTRATOR else 302
    answer = signed_in(user).get("/admin/")
    assert answer.status_code == expected
    if expected == 302:
        assert signed_in(user).get("/admin/", follow=True).status_code == 403
    anonymous = Client().get("/admin/parties/party/")
    assert (anonymous.status_code, anonymous["Location"].split("?")[0]) == (302, "/admin/login/")


def test_a_staff_mark_without_the_role_opens_nothing(company: Company) -> None:
    assert signed_in(user_with(Role.BUYER, company, is_staff=True)).get("/admin/").status_code == 302


def test_an_administrator_sees_the_administered_companies_alone(company: Company) -> None:
    """Also not what they see as a salesperson of another company."""
    other = CompanyFactory(name="Other")
    boss = administrator(company)
    MembershipFactory(user=boss, company=other, role=Role.SALESPERSON)
    stranger = user_with(Role.ADMINISTRATOR, other, name="Stranger")
    ApiToken.objects.create(user=stranger, name="theirs", prefix="ob_", digest="x" * 64)
    client = signed_in(boss)
    for model, pk in ((Company, other.pk), (User, stranger.pk), (Membership, stranger.memberships.get().pk)):
        rows = client.get(list_url(model)).context["cl"].result_list
        assert pk not in [row.pk for row in rows], model
        detail = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=(pk,))
        assert client.get(detail).status_code == 302, "not found, and back to the start"
    assert list(client.get(list_url(ApiToken)).context["cl"].result_list) == []
    party = PartyFactory(company=other)
    assert client.get(reverse("admin:parties_party_change", args=(party.pk,))).status_code == 302


def test_a_record_opens_with_its_lines(company: Company) -> None:
    order = SalesOrderFactory(company=company)
    page = signed_in(administrator(company)).get(reverse("admin:orders_salesorder_change", args=(order.pk,)))
    assert page.status_code == 200
    assert [inline.opts.model.__name__ for inline in page.context["inline_admin_formsets"]] == ["SalesOrderLine"]
    assert "<input" not in page.content.decode().partition('<div class="submit-row')[0].partition("<form")[2].replace(
        '<input type="hidden"', ""
    )


def test_a_change_asks_for_the_password_again(keeper: User, company: Company) -> None:
    client: Any = signed_in(keeper, confirmed=False)
    answer = client.post(list_url(ApiToken), {"action": "revoke"})
    assert answer["Location"].startswith("/accounts/")
