"""One key, many requests at once: one record, the same answer to all. Fails when the key's row is not claimed first."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.company.tenancy import all_companies
from core.parties.models import Party
from core.ui import writing
from core.ui.tokens import create_token
from tests.factories.company import CompanyFactory, user_with

TRIES = 16


pytestmark = pytest.mark.django_db(transaction=True)


def posted_by_many() -> tuple[list[tuple[int, Any]], int]:
    """What sixteen requests with one key are answered, and how many records there are then."""
    with transaction.atomic():
        seller = user_with(Role.SALES_MANAGER, CompanyFactory())
        _token, secret = create_token(user=seller, now=timezone.now(), name="till")

    def post(_number: int) -> tuple[int, Any]:
        try:
            response = Client().post(
                "/api/v1/parties/",
                {"name": "Once"},
                content_type="application/json",
                headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "same"},
            )
            return response.status_code, response.json()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TRIES) as pool:
        answers = list(pool.map(post, range(TRIES)))
    with all_companies(), transaction.atomic():
        return answers, Party.objects.count()


def test_one_key_makes_one_record() -> None:
    answers, made = posted_by_many()
    assert [status for status, _body in answers] == [201] * TRIES
    assert all(body == answers[0][1] for _status, body in answers)
    assert made == 1


def test_without_the_claim_each_would_make_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else on the way from the request to the record notices the second one."""
    monkeypatch.setattr(writing, "once", lambda _caller, *, act, **_values: (act(), False))
    answers, made = posted_by_many()
    assert ([status for status, _body in answers], made) == ([201] * TRIES, TRIES)
