"""The REST API: tokens, idempotency, external ids, versions, verbs, problems."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.access.models import User
from core.catalog.models import Item
from core.company.models import Company
from core.documents.models import IdempotencyKey
from core.parties.models import Party, PaymentTerm
from core.ui.idempotency import forget_old_keys
from core.ui.models import ApiToken
from core.ui.tokens import create_token, digest, find_token, revoke_token
from erp.ledger.enums import PeriodStatus
from erp.ledger.models import AccountingPeriod
from erp.ledger.operations.periods import close_period
from tests.factories import factory_for
from tests.factories.catalog import ItemFactory, UnitFactory
from tests.factories.company import CompanyFactory, MembershipFactory, user_with
from tests.factories.parties import PartyFactory, PaymentTermFactory
from tests.ui.conftest import api_client

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def test_a_token_is_stored_as_a_digest(everyone: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("api_token", everyone.email, "--name", "till", "--days", "3")
    secret = capsys.readouterr().out.strip()
    token = ApiToken.objects.get()
    assert (token.user, token.digest, token.prefix) == (everyone, digest(secret), secret[:10])
    assert secret not in str(vars(token))
    assert token.expires_at is not None


def test_tokens_expire_are_revoked_and_die_with_their_user(everyone: User) -> None:
    now = timezone.now()
    token, secret = create_token(user=everyone, now=now, name="x", days=1)
    assert find_token(secret, now=now) == token
    assert find_token(secret + "x", now=now) is None
    assert find_token(secret, now=now + dt.timedelta(days=2)) is None
    revoke_token(token.pk, user=everyone, now=now)
    assert find_token(secret, now=now) is None
    other, second = create_token(user=everyone, now=now, name="y")
    everyone.is_active = False
    everyone.save()
    assert other.pk is not None
    assert find_token(second, now=now) is None


def test_without_a_good_token_nothing_answers(client: Client, company: Company) -> None:
    for header in (
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer " + "x" * 999},
    ):
        response = client.get("/api/v1/parties/", headers=header)
        assert (response.status_code, response["Content-Type"]) == (401, PROBLEM)
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'
        assert response.json()["code"] in ("not_authenticated", "invalid_token")


def test_a_session_does_not_open_the_api(staff: Client) -> None:
    assert staff.get("/api/v1/parties/").status_code == 401


def test_scopes_limit_a_token(everyone: User, company: Company) -> None:
    reader = api_client(everyone, "parties:read")
    assert reader("get", "parties/").status_code == 200
    assert reader("get", "items/").status_code == 403
    assert reader("post", "parties/", {"name": "X"}).status_code == 403


def test_a_party_goes_in_and_comes_out(api: Any, company: Company) -> None:
    body = {
        "name": "Nord",
        "is_customer": True,
        "credit_limit": "1500.5",
        "email": "a@nord.example",
        "external_id": "crm-1",
    }
    response = api("post", "parties/", body)
    made = response.json()
    party = Party.objects.get()
    assert response.status_code == 201
    assert response["Location"] == f"http://testserver/api/v1/parties/{party.pk}/"
    wanted = {
        "id": party.pk,
        "name": "Nord",
        "credit_limit": "1500.50",
        "external_id": "crm-1",
        "version": 1,
        "active": True,
    }
    assert {name: made[name] for name in wanted} == wanted
    assert made["email"] == "a@nord.example"
    assert (party.company, party.credit_limit) == (company, Decimal("1500.5"))
    assert api("get", f"parties/{party.pk}/").json() == made


def test_lines_go_in_and_come_out(api: Any, company: Company) -> None:
    body = {"name": "Split", "lines": [{"percent": "30", "days": 0}, {"percent": 70, "days": 30, "end_of_month": True}]}
    made = api("post", "payment-terms/", body).json()
    assert [(line["percent"], line["days"], line["end_of_month"]) for line in made["lines"]] == [
        ("30.00", 0, False),
        ("70.00", 30, True),
    ]
    made["lines"][1]["days"] = 60
    changed = api("put", f"payment-terms/{made['id']}/", made).json()
    assert [(line["id"], line["days"]) for line in changed["lines"]] == [
        (made["lines"][0]["id"], 0),
        (made["lines"][1]["id"], 60),
    ]
    kept = api("patch", f"payment-terms/{made['id']}/", {"name": "Renamed"}).json()
    assert (kept["name"], kept["lines"]) == ("Renamed", changed["lines"])


def test_what_is_wrong_is_named(api: Any, company: Company) -> None:
    response = api("post", "payment-terms/", {"name": "", "lines": [{"percent": "x", "days": 1}]})
    problem = response.json()
    assert (response.status_code, response["Content-Type"], problem["code"]) == (422, PROBLEM, "invalid")
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [
        ("name", "required"),
        ("lines[0].percent", "invalid"),
    ]
    unknown = api("post", "parties/", {"name": "X", "nmae": "Y"})
    assert (unknown.status_code, unknown.json()["code"], unknown.json()["field"]) == (400, "unknown_field", "nmae")
    assert api("post", "parties/", [1]).json()["code"] == "not_an_object"
    assert api("post", "payment-terms/", {"name": "Z", "lines": [{"procent": 1}]}).json()["field"] == "procent"
    broken = Client().post("/api/v1/parties/", "{", content_type="application/json")
    assert broken.status_code == 401


def test_the_server_keeps_what_is_its_own(api: Any, company: Company) -> None:
    other = CompanyFactory()
    made = api(
        "post", "parties/", {"name": "Mine", "version": 9, "id": 77, "created_at": "2001-01-01T00:00:00Z"}
    ).json()
    assert (made["version"], made["id"] != 77, made["created_at"] > "2020") == (1, True, True)
    wrong = api("post", "parties/", {"name": "Theirs", "company": other.pk})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "wrong_company")
    assert api("post", "parties/", {"name": "Mine too", "company": company.code}).status_code == 201


def test_a_repeated_key_answers_the_same(api: Any) -> None:
    body = {"name": "Once"}
    first = api("post", "parties/", body, Idempotency_Key="k-1")
    second = api("post", "parties/", {"name": "Once"}, Idempotency_Key="k-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Party.objects.count() == 1
    other = api("post", "parties/", {"name": "Twice"}, Idempotency_Key="k-1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")
    assert IdempotencyKey.objects.count() == 1


def test_a_refused_create_leaves_its_key_free(api: Any, company: Company) -> None:
    PartyFactory(company=company, code="C-1")
    refused = api("post", "parties/", {"name": "X", "code": "C-1"}, Idempotency_Key="k-2")
    assert refused.status_code == 422
    assert api("post", "parties/", {"name": "X", "code": "C-2"}, Idempotency_Key="k-2").status_code == 201
    assert api("post", "parties/", {"name": "X"}, Idempotency_Key="k" * 121).status_code == 422


def test_keys_are_kept_for_seven_days(api: Any, company: Company) -> None:
    api("post", "parties/", {"name": "Once"}, Idempotency_Key="k-3")
    made = IdempotencyKey.objects.get().created_at
    forget_old_keys(made + dt.timedelta(days=6, hours=23))
    assert IdempotencyKey.objects.count() == 1
    forget_old_keys(made + dt.timedelta(days=7, seconds=1))
    assert IdempotencyKey.objects.count() == 0


def test_keys_of_two_people_do_not_meet(api: Any, company: Company) -> None:
    other = api_client(user_with(Role.SALES_MANAGER, company))
    api("post", "parties/", {"name": "A"}, Idempotency_Key="same")
    assert other("post", "parties/", {"name": "B"}, Idempotency_Key="same").status_code == 201


def test_upsert_by_external_id(api: Any, company: Company) -> None:
    path = "parties/by-external-id/erp 7/"
    assert api("get", path).status_code == 404
    created = api("put", path, {"name": "First", "country": "de"})
    assert (created.status_code, created.json()["external_id"], created.json()["country"]) == (201, "erp 7", "DE")
    changed = api("put", path, {"name": "Second"})
    assert (changed.status_code, changed.json()["name"], changed.json()["country"]) == (200, "Second", "DE")
    assert changed.json()["id"] == created.json()["id"]
    assert api("get", path).json() == changed.json()
    taken = api("post", "parties/", {"name": "Third", "external_id": "erp 7"})
    assert (taken.status_code, taken.json()["code"], taken.json()["params"]) == (
        409,
        "external_id_taken",
        {"record_id": created.json()["id"]},
    )
    assert [row["id"] for row in api("get", "parties/?external_id=erp 7").json()["results"]] == [created.json()["id"]]


def test_a_change_on_an_old_version_is_refused(api: Any, company: Company) -> None:
    party = PartyFactory(company=company)
    path = f"parties/{party.pk}/"
    assert api("patch", path, {"name": "New", "version": 1}).json()["version"] == 2
    stale = api("patch", path, {"name": "Newer"}, If_Match='"1"')
    assert (stale.status_code, stale.json()["code"], stale.json()["params"]) == (
        409,
        "conflict",
        {"current_version": 2},
    )
    assert api("patch", path, {"name": "Newest", "version": "two"}).status_code == 400
    assert api("patch", path, {"name": "Last"}).json()["version"] == 3


def test_a_partial_change_leaves_the_rest(api: Any, company: Company) -> None:
    item = ItemFactory(company=company, list_price=Decimal("12.50"), description="Kept", is_sold=False)
    answer = api("patch", f"items/{item.pk}/", {"list_price": "13"}).json()
    assert (answer["list_price"], answer["description"], answer["is_sold"]) == ("13.00", "Kept", False)
    stored = Item.objects.get()
    assert (stored.list_price, stored.description, stored.is_sold) == (Decimal(13), "Kept", False)


def test_references_take_both_names_and_stay_within_the_company(api: Any, company: Company) -> None:
    unit = UnitFactory(company=company)
    foreign = UnitFactory(company=CompanyFactory())
    first = api("post", "items/", {"sku": "A", "name": "A", "kind": "stocked", "unit": unit.pk}).json()
    second = api("post", "items/", {"sku": "B", "name": "B", "kind": "stocked", "unit_id": unit.pk}).json()
    assert (first["unit"], first["unit_label"], second["unit"]) == (unit.pk, "pc", unit.pk)
    refused = api("post", "items/", {"sku": "C", "name": "C", "kind": "stocked", "unit": foreign.pk})
    assert [error["field"] for error in refused.json()["errors"]] == ["unit"]


def test_lists_page_by_cursor(api: Any, company: Company) -> None:
    for number in range(5):
        PartyFactory(company=company, name=f"P{number}")
    seen, path = [], "parties/?limit=2&ordering=-name"
    while path:
        page = api("get", path).json()
        seen += [row["name"] for row in page["results"]]
        path = page["next"].partition("/api/v1/")[2] if page["next"] else ""
    assert seen == ["P4", "P3", "P2", "P1", "P0"]
    assert (page["count"], page["count_is_estimate"]) == (5, False)
    assert page["previous"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "invalid_limit"),
        ("limit=201", "invalid_limit"),
        ("limit=x", "invalid_limit"),
        ("ordering=owner__password", "invalid_ordering"),
        ("owner__password=x", "unknown_parameter"),
        ("cursor=zzz", "invalid_cursor"),
        ("created_at_from=soon", "invalid_filter"),
        ("updated_since=2026-01-01", "invalid_filter"),
        ("country=%00", "invalid"),
    ],
)
def test_parameters_are_allow_listed(api: Any, query: str, code: str) -> None:
    response = api("get", f"parties/?{query}")
    assert (response.status_code, response.json()["code"]) == (400, code)


def test_filters_and_search_work_as_on_the_screen(api: Any, company: Company) -> None:
    PartyFactory(company=company, name="Alpha", country="DE")
    PartyFactory(company=company, name="Beta", country="FR")
    assert [row["name"] for row in api("get", "parties/?country=DE").json()["results"]] == ["Alpha"]
    assert [row["name"] for row in api("get", "parties/?q=beta").json()["results"]] == ["Beta"]
    since = (timezone.now() + dt.timedelta(hours=1)).isoformat()
    assert api("get", "parties/", None).json()["count"] == 2
    assert api("get", f"parties/?updated_since={since.replace('+', '%2B')}").json()["results"] == []


def test_a_user_of_two_companies_names_one(api: Any, everyone: User, company: Company) -> None:
    second = CompanyFactory(code="second")
    MembershipFactory(user=everyone, company=second, role=Role.SALES_MANAGER)
    PartyFactory(company=second, name="There")
    client = api_client(everyone)
    assert [row["name"] for row in client("get", "parties/?company=second").json()["results"]] == ["There"]
    assert client("get", "parties/", X_Company=str(second.pk)).json()["count"] == 1
    assert client("get", f"parties/?company={company.code}").json()["count"] == 0
    foreign = client("get", f"parties/?company={CompanyFactory().code}")
    assert (foreign.status_code, foreign.json()["code"]) == (400, "unknown_company")


def test_the_pace_is_limited(everyone: User, company: Company, settings: Any) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"token": "2/hour"}}
    client = api_client(everyone)
    answers = [client("get", "parties/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert answers[2].json()["code"] == "throttled"


def test_the_schema_describes_every_path(client: Client) -> None:
    response = client.get("/api/v1/schema/?format=json")
    assert response.status_code == 200
    schema = response.json()
    assert {"/api/v1/parties/", "/api/v1/parties/{id}/", "/api/v1/parties/by-external-id/{external_id}/"} <= set(
        schema["paths"]
    )
    body = schema["components"]["schemas"]["PartyInputRequest"]["properties"]
    assert body["credit_limit"]["type"] == "string"
    assert "company" not in body
    assert schema["components"]["securitySchemes"] == {"bearerToken": {"type": "http", "scheme": "bearer"}}


def test_unknown_addresses_are_problems(api: Any) -> None:
    response = api("get", "nothing/")
    assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)
    for pk in ("x", "0", "-1", "9" * 40):
        assert api("get", f"parties/{pk}/").status_code == 404


def test_terms_of_another_company_cannot_be_chosen(api: Any) -> None:
    foreign = PaymentTermFactory(company=CompanyFactory())
    response = api("post", "parties/", {"name": "X", "payment_term": foreign.pk})
    assert response.status_code == 422
    assert PaymentTerm.objects.count() == 1


def test_somebody_of_several_companies_names_one(company: Company, everyone: User) -> None:
    MembershipFactory(user=everyone, company=CompanyFactory(), role=Role.BUYER)
    _token, secret = create_token(user=everyone, now=timezone.now(), name="t")
    headers = {"Authorization": f"Bearer {secret}"}
    unnamed = Client().get("/api/v1/items/", headers=headers)
    assert (unnamed.status_code, unnamed.json()["code"], unnamed.json()["field"]) == (400, "unknown_company", "company")
    assert Client().get(f"/api/v1/items/?company={company.pk}", headers=headers).status_code == 200


@pytest.mark.parametrize(("scopes", "status"), [("read write", 403), ("read write accounting-periods:write", 200)])
def test_what_asks_for_the_password_again_wants_a_token_that_names_it(
    company: Company, everyone: User, scopes: str, status: int
) -> None:
    period = factory_for(AccountingPeriod)(company=company)
    close_period(accounting_period_id=period.pk, user=everyone, now=timezone.now())
    _token, secret = create_token(user=everyone, now=timezone.now(), name="t", scopes=scopes)
    answer = Client().post(
        f"/api/v1/accounting-periods/{period.pk}/reopen/",
        {"reason": "Late invoice"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == status
    period.refresh_from_db()
    assert (period.status == PeriodStatus.OPEN) == (status == 200)
