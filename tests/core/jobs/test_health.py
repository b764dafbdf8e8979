"""Health pages, logs and error pages: what an operator reads when something is wrong."""

import datetime as dt
import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.company.models import Company
from core.events.models import Heartbeat
from core.jobs import views
from core.jobs.logs import configure
from tests.factories.company import CompanyFactory, MembershipFactory, UserFactory, signed_in, user_with
from tests.factories.invoicing import SalesInvoiceFactory
from tests.factories.parties import PartyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return CompanyFactory()


@pytest.fixture
def lines() -> Iterator[Any]:
    """What was logged as JSON since the test began."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    configure({"level": "INFO", "format": "json"})
    root.handlers[0].setStream(stream)  # type: ignore[attr-defined]
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)


def test_alive_asks_nothing_of_the_database(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def ready(client: Client) -> tuple[int, dict[str, str]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()["checks"]


def test_ready_when_every_part_is(client: Client) -> None:
    Heartbeat.objects.create(name="worker", beat_at=timezone.now())
    good = dict.fromkeys(("database", "migrations", "broker", "worker", "disk"), "ok")
    assert ready(client) == (200, good)


def test_not_ready_names_the_part(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    code, checks = ready(client)
    assert (code, checks["worker"]) == (503, "silent")
    Heartbeat.objects.create(name="worker", beat_at=timezone.now() - dt.timedelta(seconds=91))
    assert ready(client)[1]["worker"] == "silent"
    Heartbeat.objects.update(beat_at=timezone.now())
    monkeypatch.setattr(views, "FREE_BYTES", 2**62)
    assert ready(client) == (503, {**checks, "worker": "ok", "disk": "almost full"})
    monkeypatch.undo()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'ui'")
    code, checks = ready(client)
    assert (code, checks["migrations"].endswith("waiting")) == (503, True)
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    code, checks = ready(client)
    assert (code, checks["broker"]) == (503, "ConnectionError")


def test_a_request_is_logged_with_id_user_company_and_document(company: Company, lines: Any) -> None:
    user = user_with(Role.ACCOUNTANT, company)
    invoice = SalesInvoiceFactory(company=company, number="INV-7")
    answer = signed_in(user).get(f"/sales-invoices/{invoice.pk}/")
    line = next(line for line in lines() if line["logger"] == "onebook.request")
    told = {name: line[name] for name in ("request_id", "user", "company", "document", "status_code")}
    assert told == {
        "request_id": answer["X-Request-ID"],
        "user": user.pk,
        "company": company.pk,
        "document": "INV-7",
        "status_code": 200,
    }
    PartyFactory(company=company)
    signed_in(user).get("/parties/")
    assert "document" not in lines()[-1], "the next request starts anew"


def test_secrets_are_blanked(lines: Any) -> None:
    logging.getLogger("onebook.test").warning("x", extra={"password": "p", "api_token": "t", "status_code": 200})
    (line,) = lines()
    assert (line["password"], line["api_token"], line["status_code"]) == ("***", "***", 200)


def test_error_pages_carry_an_id_and_say_what_to_do(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(user_with(Role.BUYER, company))
    client.raise_request_exception = False
    missing, forbidden = client.get("/parties/999999/"), client.get("/people/")

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("core.ui.views.list.ListView.get", broken)
    failed = client.get("/parties/")
    assert [answer.status_code for answer in (missing, forbidden, failed)] == [404, 403, 500]
    for answer in (missing, forbidden, failed):
        page = answer.content.decode()
        assert answer["X-Request-ID"] in page
        assert re.search(r"Check the address|Ask an administrator|Go back and try again", page)
    assert "broken on purpose" not in failed.content.decode()
    api = client.get("/api/v1/parties/999999/")
    assert api["X-Request-ID"]


# ---- companies ----


def test_a_record_of_another_own_company_offers_to_switch() -> None:
    first, second, foreign = (CompanyFactory(name=name) for name in ("Aster", "Birch", "Cedar"))
    user = UserFactory()
    for company in (first, second):
        MembershipFactory(user=user, company=company, role=Role.DIRECTOR)
    client = signed_in(user)
    record, hidden = PartyFactory(company=second), PartyFactory(company=foreign)
    url = f"/parties/{record.pk}/"
    for page in (url, f"{url}history/", f"{url}?x=1"):
        answer = client.get(page)
        assert answer.status_code == 404
        assert "Switch to Birch" in answer.content.decode()
    assert "Switch to" not in client.get(f"/parties/{hidden.pk}/").content.decode()
    switched = client.post("/preferences/company/", {"company": str(second.pk), "next": url})
    assert switched["Location"] == url
    assert client.get(url).status_code == 200
    assert client.get(url).context["company"] == second
    assert client.post("/preferences/company/", {"company": str(foreign.pk)}).status_code == 403


def test_switching_is_not_offered_for_what_one_may_not_see_there() -> None:
    first, second = CompanyFactory(), CompanyFactory()
    user = user_with(Role.DIRECTOR, first)
    MembershipFactory(user=user, company=second, role=Role.WAREHOUSE)
    invoice = SalesInvoiceFactory(company=second)
    answer = signed_in(user).get(f"/sales-invoices/{invoice.pk}/")
    assert (answer.status_code, "Switch to" in answer.content.decode()) == (404, False)
