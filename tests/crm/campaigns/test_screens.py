"""Marketing in the browser and over the API: what the generic tests of Resources cannot know."""

import pytest
from django.utils.html import escape

from core.access.enums import Role
from core.access.policies import may
from crm.campaigns.models import Campaign, Mailing, MailingRecipient, Segment, Touch
from crm.campaigns.operations import send_mailing, unsubscribe_recipient
from crm.campaigns.sending import send_batch
from crm.leads.conversion import convert_lead
from crm.leads.operations import create_lead
from crm.pipeline.operations import create_deal
from tests.crm.test_screens import signed_in
from tests.factories.campaigns import CampaignFactory, MailingRecipientFactory, SegmentFactory
from tests.factories.company import user_with
from tests.factories.parties import PartyFactory
from tests.ui.conftest import api_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(marketer):
    return signed_in(marketer)


def facts(response, panel):
    """Label → (value, address) of a panel of figures, as the page got them."""
    for context in response.context or ():
        if "facts" in context and getattr(context.get("panel"), "name", "") == panel:
            return {str(one["label"]): (str(one["value"]), one.get("url", "")) for one in context["facts"]}
    raise AssertionError(f"no panel {panel}")


def test_every_figure_of_a_campaign_opens_its_rows(browser, campaign, mailing, reader, now):
    reader("a@a.example")
    reader("b@a.example", consent="")
    create_lead(company_id=campaign.company_id, user=None, now=now, name="Ada", utm_campaign="spring")
    send_mailing(mailing_id=mailing.pk, user=None, now=now)
    send_batch(mailing_id=mailing.pk)
    unsubscribe_recipient(recipient_id=MailingRecipient.objects.get(status="sent").pk, now=now)
    page = browser.get(f"/campaigns/{campaign.pk}/")
    figures = facts(page, "results") | facts(page, "mails")
    assert {label: value for label, (value, _url) in figures.items()} == {
        "Leads": "1", "Deals": "0", "Won": "0.00 EUR", "Recipients": "2", "Sent": "1", "Waiting": "0", "Failed": "0",
        "Unsubscribed": "1", "Skipped": "1", "No consent": "1",
    }  # fmt: skip
    opened = {label: len(browser.get(url).context["rows"]) for label, (_value, url) in figures.items() if url}
    assert opened == {"Leads": 1, "Recipients": 2, "Sent": 1, "Unsubscribed": 1, "Skipped": 1, "No consent": 1}


@pytest.mark.usefixtures("stages")
def test_deals_of_a_campaign_and_those_of_none(campaign, company, manager, now):
    lead = create_lead(company_id=company.pk, user=manager, now=now, name="Ada", utm_campaign="spring")
    deal = convert_lead(lead_id=lead.pk, user=manager, now=now).deal
    other = create_deal(company_id=company.pk, user=manager, now=now, title="Other")
    client = signed_in(manager)
    found = [
        [row.pk for row in client.get(f"/deals/?view=all&campaign={value}").context["rows"]]
        for value in (campaign.pk, CampaignFactory(company=company).pk, "none")
    ]
    assert found == [[deal.pk], [], [other.pk]]


def test_a_lead_shows_its_campaign(browser, campaign, company, marketer, now):
    lead = create_lead(company_id=company.pk, user=marketer, now=now, name="Ada", utm_campaign="spring")
    page = browser.get(f"/leads/{lead.pk}/")
    assert facts(page, "campaign") == {"Campaign code in the link": ("Spring", f"/campaigns/{campaign.pk}/")}


def test_a_segment_shows_whom_it_reaches_and_why_not_the_others(browser, company, reader):
    reader("a@a.example", name="Ada")
    reader("", name="Bo")
    segment = SegmentFactory(company=company)
    page = browser.get(f"/segments/{segment.pk}/panels/reach/")
    groups = [(str(one["label"]), one["value"], one["why"]) for one in page.context["groups"]]
    assert groups == [("Get the mail", "1", ""), ("No mail address", "1", "no_address")]
    skipped = browser.get(f"/segments/{segment.pk}/panels/reach/?why=no_address")
    told = [
        [(row["name"], row["email"], str(row["verdict"])) for row in answer.context["people"]]
        for answer in (page, skipped, browser.get(f"/segments/{segment.pk}/panels/reach/?why=nonsense"))
    ]
    ada, bo = [("Ada", "a@a.example", "Yes")], [("Bo", "", "No mail address")]
    assert (page.context["total"], told) == ("2", [ada, bo, ada])


def test_a_segment_is_written_with_countries_and_people_chosen_by_hand(browser, company):
    party = PartyFactory(company=company)
    data = {
        "name": "South", "ground": "consent", "audience": "parties", "addressees": "everybody",
        "countries": "it, es;IT",
        "members-TOTAL_FORMS": 1, "members-INITIAL_FORMS": 0, "members-0-party": party.pk, "members-0-ORDER": 1,
    }  # fmt: skip
    assert browser.post("/segments/new/", data).status_code == 302
    segment = Segment.objects.get()
    assert (segment.countries, [member.party for member in segment.members.all()]) == (["IT", "ES"], [party])
    refused = browser.post("/segments/new/", data | {"name": "North", "countries": "XX", "members-0-party": ""})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["countries"])


def test_before_sending_the_page_says_what_will_happen(browser, mailing, reader):
    reader("a@a.example")
    reader("b@a.example", consent="")
    page = browser.get(f"/mailings/{mailing.pk}/actions/send/")
    assert page.context["consequences"] == [
        "1 person of Readers gets this mail.",
        "Legal ground: Opt-in consent.",
        "Skipped: 1 · No consent",
        "A mail that has left cannot be taken back.",
    ]
    assert browser.post(f"/mailings/{mailing.pk}/actions/send/").status_code == 302
    assert Mailing.objects.get().status == "sending"


def test_the_preview_reads_like_the_mail_and_shows_html_as_text(browser, mailing, reader):
    reader("ada@a.example", name="Ada <i>Holm</i>", kind="person")
    mailing.body = "Hi {name}, **now** <b>or</b> never."
    mailing.save()
    html = browser.get(f"/mailings/{mailing.pk}/panels/preview/").content.decode()
    assert f"<p>Hi {escape('Ada <i>Holm</i>')}, <strong>now</strong> &lt;b&gt;or&lt;/b&gt; never.</p>" in html


def test_the_preview_goes_from_person_to_person(browser, mailing, reader):
    for name in ("Ada", "Bo"):
        reader(f"{name}@a.example".lower(), name=name, kind="person")
    address = f"/mailings/{mailing.pk}/panels/preview/"
    read = [browser.get(f"{address}{query}").context["person"] for query in ("", "?n=1", "?n=2", "?n=x")]
    assert read == ["Ada", "Bo", "Ada", "Ada"]


def test_progress_follows_until_it_is_done(browser, mailing, marketer, reader, now):
    reader("a@a.example")
    send_mailing(mailing_id=mailing.pk, user=marketer, now=now)
    address = f"/mailings/{mailing.pk}/panels/progress/"
    running = browser.get(address).content.decode()
    assert f'hx-get="{address}"' in running
    assert "0 of 1 mails" in running
    send_batch(mailing_id=mailing.pk)
    Mailing.objects.update(status="sent")
    done = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert f'hx-get="/mailings/{mailing.pk}/"' in done
    assert "hx-get" not in browser.get(f"/mailings/{mailing.pk}/").content.decode().split("mailing-progress")[1][:200]


def test_the_whole_way_over_the_api(marketer, reader, company):
    reader("a@a.example")
    api = api_client(marketer)
    campaign = api("post", "campaigns/", {"name": "Fair", "code": "Fair"}, Idempotency_Key="c").json()
    segment = api(
        "post", "segments/",
        {"name": "All", "ground": "consent", "audience": "customers", "addressees": "everybody",
         "members": [{"party": PartyFactory(company=company).pk}]},
        Idempotency_Key="s",
    ).json()  # fmt: skip
    text = {"campaign": campaign["id"], "segment": segment["id"], "subject": "Hi", "body": "Hello {name|you}"}
    mailing = api("post", "mailings/", text, Idempotency_Key="m").json()
    refused = api("post", f"mailings/{mailing['id']}/send/", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "campaign_not_running")
    assert api("post", f"campaigns/{campaign['id']}/start/", {}).json()["status"] == "running"
    sent = api("post", f"mailings/{mailing['id']}/send/", {}).json()
    assert sent["status"] == "sending", sent
    rows = api("get", f"mailing-recipients/?mailing={mailing['id']}").json()["results"]
    assert sorted((row["email"], row["status"], row["reason"]) for row in rows) == [
        ("", "skipped", "no_address"), ("a@a.example", "queued", ""),
    ]  # fmt: skip
    assert api("post", f"mailings/{mailing['id']}/cancel/", {}).json()["status"] == "cancelled"
    assert api("post", f"campaigns/{campaign['id']}/finish/", {}).json()["status"] == "finished"


def test_touches_stand_on_the_timeline_of_party_organisation_and_lead(browser, mailing, reader, now):
    house = reader("", consent="")
    ada = reader("ada@a.example", kind="person", parent=house)
    send_mailing(mailing_id=mailing.pk, user=None, now=now)
    send_batch(mailing_id=mailing.pk)
    unsubscribe_recipient(recipient_id=MailingRecipient.objects.get(party=ada).pk, now=now)
    lead = create_lead(company_id=mailing.company_id, user=None, now=now, name="Bo", utm_campaign="spring")
    told = {
        path: browser.get(f"{path}panels/timeline/").content.decode()
        for path in (f"/parties/{ada.pk}/", f"/parties/{house.pk}/", f"/leads/{lead.pk}/")
    }
    for path in list(told)[:2]:
        assert f"Got a mailing: {mailing.subject}" in told[path]
        assert f"Unsubscribed: {mailing.subject}" in told[path]
    assert "Became a lead: Spring" in told[f"/leads/{lead.pk}/"]


def test_roles(company):
    verbs = ("view", "create", "change", "start", "send", "export")
    allowed = {
        role: [
            [may(user_with(role, company), verb, model, company.pk) for verb in verbs] for model in (Campaign, Mailing)
        ]
        for role in (
            Role.MARKETER,
            Role.ADMINISTRATOR,
            Role.SALES_MANAGER,
            Role.DIRECTOR,
            Role.AUDITOR,
            Role.SALESPERSON,
        )
    }
    everything, reading, nothing = [True] * 6, [True, False, False, False, False, True], [False] * 6
    assert allowed == {
        Role.MARKETER: [everything, everything],
        Role.ADMINISTRATOR: [everything, everything],
        Role.SALES_MANAGER: [reading, reading],
        Role.DIRECTOR: [reading, reading],
        Role.AUDITOR: [reading, reading],
        Role.SALESPERSON: [[True, False, False, False, False, False], nothing],
    }
    assert not may(user_with(Role.WAREHOUSE, company), "view", Touch, company.pk)
    marketer = user_with(Role.MARKETER, company)
    row = MailingRecipientFactory(company=company)
    assert [may(marketer, verb, row) for verb in ("view", "export", "change", "create")] == [True, True, False, False]
