"""The customer's page: signed link, consent, PDF, limits; safe whatever has happened meanwhile."""

import datetime as dt
import os
import subprocess
import sys
from decimal import Decimal

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from core.access.policies import policy_of
from erp.orders.models import Quotation, SalesOrder
from erp.orders.operations import accept_quotation, decline_quotation, expire_quotations, revise_quotation
from erp.orders.public.limits import address_of, is_too_often
from erp.orders.public.links import LINK_DAYS, Link, read_token, token_of
from tests.factories.orders import NOW, Shop

pytestmark = pytest.mark.django_db
D = Decimal
YES = {"act": "accept", "name": "Ada Lovelace", "consent": "on"}


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def quotation():
    shop = Shop()
    return shop.sent(shop.line(15, discount_percent=D(5)), freight_amount=D(10))


def url(quotation, name="quotation"):
    return reverse(f"orders:{name}", args=[token_of(quotation)])


def test_the_page_shows_lines_and_totals_to_anybody_with_the_link(client, quotation):
    text = client.get(url(quotation)).content.decode()
    for figure in ("Item A", "15 pc", "285.00", "354.00 EUR", "Accept and order", quotation.number):
        assert figure in text
    quotation.refresh_from_db()
    assert quotation.status == "sent"


def test_a_customer_accepts_once_and_the_evidence_is_kept(client, quotation):
    page = url(quotation)
    for _ in range(2):
        response = client.post(page, YES, headers={"user-agent": "Firefox"})
        assert (response.status_code, response.url) == (302, page)
    quotation.refresh_from_db()
    assert (quotation.status, quotation.answered_name, quotation.consent_given) == ("accepted", "Ada Lovelace", True)
    assert (quotation.answered_at, quotation.answer_user_agent) == (NOW, "Firefox")
    assert len(quotation.answer_address_hash) == 64
    assert "127.0.0.1" not in quotation.answer_address_hash
    assert SalesOrder.objects.get().quotation == quotation
    assert "Accepted by Ada Lovelace" in client.get(page).content.decode()


def test_a_customer_declines_with_a_reason(client, quotation):
    assert client.post(url(quotation), {"act": "decline", "reason": ""}).status_code == 422
    assert client.post(url(quotation), {"act": "decline", "reason": "Too dear", "name": "Bob"}).status_code == 302
    quotation.refresh_from_db()
    assert (quotation.status, quotation.decline_reason) == ("declined", "Too dear")
    assert "Accept and order" not in client.get(url(quotation)).content.decode()


@pytest.mark.parametrize("missing", ["name", "consent"])
def test_without_name_or_consent_nothing_happens(client, quotation, missing):
    given = {key: value for key, value in YES.items() if key != missing}
    response = client.post(url(quotation), given)
    quotation.refresh_from_db()
    assert (response.status_code, quotation.status) == (422, "sent")


def superseded(quotation):
    revise_quotation(quotation_id=quotation.pk, user=None, now=NOW)


def declined(quotation):
    decline_quotation(quotation_id=quotation.pk, user=None, now=NOW, reason="No")


def expired(quotation):
    expire_quotations(now=NOW + dt.timedelta(days=60))


@pytest.mark.parametrize("happened", [superseded, declined, expired])
def test_an_answer_that_comes_too_late_changes_nothing(client, quotation, happened):
    happened(quotation)
    assert client.get(url(quotation)).status_code == 200
    assert "Accept and order" not in client.get(url(quotation)).content.decode()
    assert client.post(url(quotation), YES).status_code == 409
    assert not SalesOrder.objects.exists()


def test_declining_after_acceptance_is_refused(client, quotation):
    accept_quotation(quotation_id=quotation.pk, user=None, now=NOW, name="Ada", consent=True)
    assert client.post(url(quotation), {"act": "decline", "reason": "No"}).status_code == 409
    quotation.refresh_from_db()
    assert quotation.status == "accepted"


def test_a_post_without_the_csrf_token_is_refused(quotation):
    assert Client(enforce_csrf_checks=True).post(url(quotation), YES).status_code == 403
    quotation.refresh_from_db()
    assert quotation.status == "sent"


def test_a_link_cannot_be_guessed_changed_or_kept_for_ever(client, quotation):
    token = token_of(quotation)
    assert read_token(token) == Link(quotation.company_id, quotation.pk)
    other = token.replace(f".{quotation.pk}:", f".{quotation.pk + 1}:")
    for wrong in ("x", f"{quotation.company_id}.{quotation.pk}", other, token + "x"):
        assert read_token(wrong) is None
        assert client.get(reverse("orders:quotation", args=[wrong])).status_code == 404
    with time_machine.travel(NOW + dt.timedelta(days=LINK_DAYS + 1), tick=False):
        assert read_token(token) is None


def test_a_draft_has_no_page(client):
    shop = Shop()
    assert client.get(url(shop.quotation(shop.line(1)))).status_code == 404


def test_the_pdf_is_the_paper_as_it_was_sent(client, quotation):
    first = client.get(url(quotation, "quotation-pdf"))
    Quotation.objects.filter(pk=quotation.pk).update(notes="changed")
    again = client.get(url(quotation, "quotation-pdf"))
    assert (first.status_code, first["Content-Type"]) == (200, "application/pdf")
    assert first.content.startswith(b"%PDF")
    assert again.content == first.content


def test_too_many_answers_from_one_address_are_turned_away(client, quotation):
    cache.clear()
    codes = [client.post(url(quotation), {"act": "accept"}).status_code for _ in range(12)]
    assert codes == [422] * 10 + [429] * 2
    with time_machine.travel(NOW + dt.timedelta(minutes=2), tick=False):
        assert client.post(url(quotation), {"act": "accept"}).status_code == 422


def test_addresses_are_counted_apart(rf):
    cache.clear()
    first, second = rf.get("/", REMOTE_ADDR="10.0.0.1"), rf.get("/", REMOTE_ADDR="10.0.0.2")
    assert [is_too_often(first, "x", per_minute=1) for _ in range(2)] == [False, True]
    assert not is_too_often(second, "x", per_minute=1)


def test_the_page_opens_no_other_record(quotation):
    assert policy_of(Quotation).verbs
    other = Shop()
    stranger = other.sent(other.line(1))
    forged = token_of(quotation).split(":", 1)[1]
    assert read_token(f"{stranger.company_id}.{stranger.pk}:{forged}") is None


def test_behind_a_proxy_the_address_is_the_one_the_proxy_saw(rf, settings):
    """Without that, one flood of answers or guesses would shut everybody out; what the sender writes counts nothing."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    asked = rf.get("/", REMOTE_ADDR="172.18.0.2", HTTP_X_FORWARDED_FOR="192.0.2.66, 203.0.113.9")
    assert address_of(asked) == "203.0.113.9"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert address_of(asked) == "172.18.0.2"


@pytest.mark.parametrize(("behind", "count"), [("1", "1"), ("0", "0")])
def test_the_installation_says_whether_a_proxy_stands_in_front(behind, count):
    code = "from config import settings; print(settings.ALLAUTH_TRUSTED_PROXY_COUNT)"
    environment = {**os.environ, "ONEBOOK_BEHIND_PROXY": behind}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == count
