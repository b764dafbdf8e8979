"""The public unsubscribe page and what it writes down: once, for every record of the address, by POST alone."""

import datetime as dt

import pytest
from django.test import Client

from core.company.tenancy import use_companies
from crm.campaigns.audience import reach
from crm.campaigns.links import token_of
from crm.campaigns.models import Suppression, Touch
from crm.campaigns.operations import unsubscribe_recipient
from crm.campaigns.sql import address_hash
from crm.contacts.models import Consent
from crm.contacts.operations import record_consent
from tests.factories.campaigns import MailingRecipientFactory
from tests.factories.company import CompanyFactory
from tests.factories.leads import LeadFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ONE_CLICK = {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}


@pytest.fixture
def recipient(mailing, reader):
    party = reader("ada@nordlicht.example", name="Ada Holm")
    return MailingRecipientFactory(
        company=mailing.company, mailing=mailing, party=party, email="ada@nordlicht.example", status="sent"
    )


@pytest.fixture
def outsider():
    """Somebody without an account, behind the wall, with Django's CSRF check on."""
    client = Client(enforce_csrf_checks=True)
    with use_companies([]):
        yield client


def page_of(recipient):
    return f"/unsubscribe/{token_of(company_id=recipient.company_id, recipient_id=recipient.pk)}/"


def written(company):
    """Consents, stops and touches, as they stand."""
    with use_companies([company.pk]):
        return (
            list(Consent.objects.order_by("pk").values_list("act", flat=True)),
            Suppression.objects.count(),
            Touch.objects.filter(kind="unsubscribed").count(),
        )


class TestPage:
    def test_opening_the_link_changes_nothing(self, recipient, outsider, company):
        for method in (outsider.get, outsider.head):
            assert method(page_of(recipient)).status_code == 200
        page = outsider.get(page_of(recipient))
        assert "a…@nordlicht.example" in page.content.decode()
        assert "ada@nordlicht.example" not in page.content.decode()
        assert '<form method="post">' in page.content.decode()
        assert "no-store" in page["Cache-Control"]
        assert written(company) == (["given"], 0, 0)

    def test_one_click_of_a_mail_provider(self, recipient, outsider, company):
        answer = outsider.post(page_of(recipient), **ONE_CLICK)
        assert (answer.status_code, "You are unsubscribed" in answer.content.decode()) == (200, True)
        assert written(company) == (["given", "withdrawn"], 1, 1)

    def test_twice_is_once_and_the_page_knows(self, recipient, outsider, company):
        for _ in range(2):
            assert outsider.post(page_of(recipient)).status_code == 200
        assert written(company) == (["given", "withdrawn"], 1, 1)
        assert "You are unsubscribed" in outsider.get(page_of(recipient)).content.decode()

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_it_speaks_the_readers_language(self, recipient, outsider, language):
        page = outsider.get(page_of(recipient), headers={"Accept-Language": language})
        assert f'<html lang="{language}"' in page.content.decode()

    def test_without_a_browsers_word_the_partys_language_counts(self, recipient, outsider):
        with use_companies([recipient.company_id]):
            recipient.party.language = "zh-hans"
            recipient.party.save()
        assert '<html lang="zh-hans"' in outsider.get(page_of(recipient)).content.decode()

    @pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: t.replace(":", "9:", 1), lambda t: "x", str.upper])
    def test_a_broken_link_says_so_and_does_nothing(self, recipient, outsider, company, spoil):
        token = token_of(company_id=recipient.company_id, recipient_id=recipient.pk)
        for method in (outsider.get, outsider.post):
            answer = method(f"/unsubscribe/{spoil(token)}/")
            assert (answer.status_code, "This link is not complete" in answer.content.decode()) == (404, True)
        assert written(company) == (["given"], 0, 0)

    def test_a_link_of_one_company_reaches_no_other(self, recipient, outsider, company):
        token = token_of(company_id=CompanyFactory().pk, recipient_id=recipient.pk)
        assert outsider.post(f"/unsubscribe/{token}/").status_code == 404
        assert written(company) == (["given"], 0, 0)

    def test_the_link_of_a_test_mail_unsubscribes_nobody(self, recipient, outsider, company):
        token = token_of(company_id=company.pk, recipient_id=0)
        assert outsider.get(f"/unsubscribe/{token}/").status_code == 200
        assert "This was a test" in outsider.post(f"/unsubscribe/{token}/").content.decode()
        assert written(company) == (["given"], 0, 0)


class TestWhatIsWritten:
    def test_evidence_moment_and_hash_but_no_address(self, recipient, company, now):
        unsubscribe_recipient(recipient_id=recipient.pk, now=now + DAY)
        consent, stop = Consent.objects.get(act="withdrawn"), Suppression.objects.get()
        assert (consent.party, consent.given_at, consent.recorded_by) == (recipient.party, now + DAY, None)
        assert consent.evidence == f"Unsubscribed from “{recipient.mailing.subject}”"
        assert (stop.address_hash, stop.recipient) == (address_hash(company.pk, "ada@nordlicht.example"), recipient)
        assert "nordlicht" not in stop.address_hash

    def test_every_party_and_lead_of_the_address(self, recipient, company, reader, now):
        twin = reader("ada@nordlicht.example")
        lead = LeadFactory(company=company, email="ada@nordlicht.example", consented_at=now)
        other = LeadFactory(company=company, consented_at=now)
        unsubscribe_recipient(recipient_id=recipient.pk, now=now + DAY)
        withdrawn = Consent.objects.filter(act="withdrawn").values_list("party", flat=True)
        assert sorted(withdrawn) == sorted([recipient.party_id, twin.pk])
        lead.refresh_from_db()
        other.refresh_from_db()
        assert (lead.consented_at, other.consented_at) == (None, now)

    def test_a_lead_without_a_party(self, mailing, company, now):
        lead = LeadFactory(company=company, consented_at=now)
        theirs = MailingRecipientFactory(company=company, mailing=mailing, party=None, lead=lead, email=lead.email)
        unsubscribe_recipient(recipient_id=theirs.pk, now=now + DAY)
        mailing.segment.audience = "leads"
        assert reach(mailing.segment).skipped == {"unsubscribed": 1}
        assert Touch.objects.get().lead == lead

    def test_after_a_new_consent_an_old_link_works_anew(self, recipient, company, now):
        common = {"party_id": recipient.party_id, "company_id": company.pk, "channel": "email", "evidence": "Form"}
        unsubscribe_recipient(recipient_id=recipient.pk, now=now + DAY)
        record_consent(act="given", now=now + 2 * DAY, **common)
        assert reach(recipient.mailing.segment).mailed == 1
        unsubscribe_recipient(recipient_id=recipient.pk, now=now + 3 * DAY)
        assert reach(recipient.mailing.segment).skipped == {"unsubscribed": 1}
        assert Suppression.objects.count() == 2
        assert Touch.objects.filter(kind="unsubscribed").count() == 1
