"""What was said and what is planned, and where it shows."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from core.access.enums import Role
from core.documents.references import RecordRef
from core.errors import ConflictError, InvalidInputError
from crm.contacts import timeline as timelines
from crm.contacts.activities import activity_actions, log_about, plan_about
from crm.contacts.enums import ActivityState
from crm.contacts.models import Consent, Relationship
from crm.contacts.operations import (
    NothingToTouchError,
    change_interaction,
    complete_task,
    log_interaction,
    plan_interaction,
    record_consent,
    relate_parties,
    reopen_task,
    reschedule_task,
    update_task,
)
from crm.contacts.queries import (
    activity_state,
    consenting_party_ids,
    consents_of,
    has_consent,
    open_tasks,
    party_activity_state,
)
from crm.contacts.timeline import TimelineEntry, register, timeline
from tests.factories.company import user_with
from tests.factories.contacts import NoteFactory, TaskFactory
from tests.factories.leads import LeadFactory
from tests.factories.parties import PartyFactory
from tests.factories.pipeline import DealFactory

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def party(company):
    return PartyFactory(company=company, name="Nordlicht")


def note(party, user, now, **values):
    given = {"kind": "note", "subject": "Wants chairs"} | values
    return log_interaction(company_id=party.company_id, user=user, now=now, party_id=party.pk, **given)


def task(party, user, now, **values):
    given = {"subject": "Call back", "due_at": now + HOUR} | values
    return plan_interaction(company_id=party.company_id, user=user, now=now, party_id=party.pk, **given)


class TestLogging:
    def test_a_call_with_its_facts(self, party, manager, now):
        call = note(
            party, manager, now, kind="call", direction="in", minutes=12, text="<b>Twenty</b><script>x</script>"
        )
        assert (call.kind, call.direction, call.minutes, call.text) == ("call", "in", 12, "Twenty")
        assert (call.happened_at, call.owner, call.is_open) == (now, manager, False)

    def test_a_note_takes_its_first_line_as_subject(self, party, manager, now):
        assert note(party, manager, now, subject="", text="\nTwenty chairs\nby May").subject == "Twenty chairs"

    def test_somebody_or_something_is_named(self, company, manager, now):
        with pytest.raises(NothingToTouchError) as refusal:
            log_interaction(company_id=company.pk, user=manager, now=now, kind="note", subject="Hm")
        assert refusal.value.field == "party"

    def test_it_says_something_and_is_no_task(self, party, manager, now):
        for values in ({"subject": " "}, {"kind": "task"}):
            with pytest.raises(InvalidInputError):
                note(party, manager, now, **values)

    def test_corrected_later(self, party, manager, now):
        first = note(party, manager, now)
        changed = change_interaction(interaction_id=first.pk, user=manager, now=now, subject="Wants tables", minutes=3)
        assert (changed.subject, changed.minutes, changed.happened_at, changed.version) == ("Wants tables", 3, now, 2)
        with pytest.raises(ConflictError):
            change_interaction(interaction_id=first.pk, user=manager, now=now, subject="No", expected_version=1)


class TestTasks:
    def test_done_once_with_what_came_of_it(self, party, manager, now):
        planned = task(party, manager, now, text="Ask for the size")
        done = complete_task(interaction_id=planned.pk, user=manager, now=now + HOUR, text="Twenty")
        assert (done.done_at, done.happened_at, done.text) == (now + HOUR, now + HOUR, "Ask for the size\n\nTwenty")
        assert complete_task(interaction_id=planned.pk, user=manager, now=now + 2 * HOUR).done_at == now + HOUR

    def test_reopened_and_rescheduled(self, party, manager, now):
        planned = task(party, manager, now)
        complete_task(interaction_id=planned.pk, user=manager, now=now)
        with pytest.raises(InvalidInputError):
            reschedule_task(interaction_id=planned.pk, due_at=now, user=manager, now=now)
        assert reopen_task(interaction_id=planned.pk, user=manager, now=now).is_open
        moved = reschedule_task(interaction_id=planned.pk, due_at=now + 5 * HOUR, user=manager, now=now)
        assert moved.due_at == now + 5 * HOUR
        changed = update_task(
            interaction_id=planned.pk, user=manager, now=now, subject="Visit", kind="meeting", due_at=now + 6 * HOUR
        )
        assert (changed.subject, changed.kind, changed.party, changed.due_at) == (
            "Visit", "meeting", party, now + 6 * HOUR,
        )  # fmt: skip

    def test_notes_are_not_planned_nor_completed(self, party, manager, now):
        with pytest.raises(InvalidInputError) as refusal:
            task(party, manager, now, kind="note")
        assert refusal.value.field == "kind"
        with pytest.raises(InvalidInputError):
            complete_task(interaction_id=note(party, manager, now).pk, user=manager, now=now)

    def test_the_most_urgent_first(self, party, manager, now, company):
        late, soon = task(party, manager, now, due_at=now - HOUR), task(party, manager, now)
        other = task(party, manager, now, owner_id=user_with(Role.SALESPERSON, company).pk)
        assert list(open_tasks(company_id=company.pk)) == [late, soon, other]
        assert list(open_tasks(company_id=company.pk, owner_id=manager.pk, until=now)) == [late]


class TestNextActivity:
    def test_none_planned_late(self, party, manager, now):
        assert party_activity_state(party_id=party.pk, now=now) == ActivityState.NONE
        task(party, manager, now)
        assert party_activity_state(party_id=party.pk, now=now) == ActivityState.PLANNED
        assert party_activity_state(party_id=party.pk, now=now + 2 * HOUR) == ActivityState.LATE
        assert activity_state(now, now) == ActivityState.PLANNED

    @pytest.mark.parametrize("factory", [DealFactory, LeadFactory])
    def test_deals_and_leads_keep_the_nearest(self, factory, company, manager, now):
        record = factory(company=company)
        label = record._meta.label_lower
        tasks = [
            plan_about(label=label, record_id=record.pk, user=manager, now=now, subject="Call", due_at=now + n * HOUR)
            for n in (3, 1, 2)
        ]
        seen = []
        for acted in (None, tasks[1], tasks[2], tasks[0]):
            if acted:
                complete_task(interaction_id=acted.pk, user=manager, now=now)
            record.refresh_from_db()
            seen.append(record.next_activity_at and (record.next_activity_at - now) / HOUR)
        assert (seen, record.version) == ([1, 2, 3, None], 1)


class TestAboutRecords:
    def test_a_call_about_a_deal_is_its_partys_too(self, company, manager, now):
        deal = DealFactory(company=company)
        call = log_about(label="pipeline.deal", record_id=deal.pk, user=manager, now=now, kind="call", subject="Price")
        assert (call.party, call.about) == (deal.party, RecordRef.of(deal))

    def test_a_party_is_not_about_itself(self, party, manager, now):
        call = log_about(label="parties.party", record_id=party.pk, user=manager, now=now, kind="call", subject="Price")
        assert (call.party, call.about) == (party, None)

    def test_a_record_that_is_gone(self, company, manager, now):
        with pytest.raises(InvalidInputError):
            log_about(label="pipeline.deal", record_id=0, user=manager, now=now, kind="call", subject="Price")

    def test_four_quick_actions(self):
        names = [(action.name, action.permission, action.id_name) for action in activity_actions("pipeline.deal")]
        assert names == [(name, "log", "record_id") for name in ("log_note", "log_call", "log_meeting", "plan_task")]


class TestTimeline:
    def test_open_tasks_stand_first_then_the_latest(self, party, manager, now):
        note(party, manager, now - HOUR, subject="old")
        note(party, manager, now, subject="new")
        task(party, manager, now, subject="far", due_at=now + 5 * HOUR)
        task(party, manager, now, subject="near")
        entries = timeline(party, user=manager, company_id=party.company_id)
        assert [entry.title for entry in entries] == ["near", "far", "new", "old"]
        assert [entry.title for entry in timeline(party, user=manager, company_id=party.company_id, limit=3)] == [
            "near", "far", "new",
        ]  # fmt: skip

    def test_people_of_the_organisation_belong_to_it(self, party, manager, now):
        person = PartyFactory(company=party.company, parent=party, kind="person")
        note(person, manager, now, subject="Spoke to Ada")
        assert [e.title for e in timeline(party, user=manager, company_id=party.company_id)] == ["Spoke to Ada"]

    def test_changes_of_the_record_are_told(self, party, manager, now):
        party.name = "Nordlicht AG"
        party.save()
        assert [e.title for e in timeline(party, user=manager, company_id=party.company_id)] == [
            "Name: Nordlicht → Nordlicht AG"
        ]

    def test_others_add_their_documents(self, party, manager, now, monkeypatch):
        monkeypatch.setattr(timelines, "_providers", list(timelines._providers))
        entry = TimelineEntry(at=now + HOUR, icon="file-invoice", title="Invoice 2026-1")
        register(lambda subject: [entry] if subject.party_id == party.pk else [])
        note(party, manager, now)
        entries = timeline(party, user=manager, company_id=party.company_id)
        assert [one.title for one in entries] == ["Invoice 2026-1", "Wants chairs"]

    def test_whoever_may_not_see_interactions_sees_none(self, party, manager, now, company):
        note(party, manager, now)
        keeper = user_with(Role.WAREHOUSE, company)
        assert timeline(party, user=keeper, company_id=company.pk) == []

    def test_it_takes_the_same_queries_for_many(self, party, manager, django_assert_max_num_queries):
        NoteFactory.create_batch(20, company=party.company, party=party)
        TaskFactory.create_batch(5, company=party.company, party=party)
        with django_assert_max_num_queries(8):
            assert len(timeline(party, user=manager, company_id=party.company_id)) == 25


class TestConsent:
    def test_the_latest_word_counts(self, party, manager, now):
        def say(act, moment):
            return record_consent(
                company_id=party.company_id, party_id=party.pk, channel="email", act=act, evidence="Call", now=moment,
                user=manager,
            )  # fmt: skip

        first = say("given", now)
        assert (say("given", now + HOUR), Consent.objects.count()) == (first, 1)
        assert has_consent(party_id=party.pk, channel="email")
        assert consenting_party_ids(company_id=party.company_id, channel="email") == {party.pk}
        last = say("withdrawn", now + HOUR)
        assert not has_consent(party_id=party.pk, channel="email")
        assert consenting_party_ids(company_id=party.company_id, channel="email", party_ids=[party.pk]) == set()
        assert consents_of(party_id=party.pk) == [last]
        assert not has_consent(party_id=party.pk, channel="phone")

    def test_it_says_where(self, party, now):
        with pytest.raises(InvalidInputError) as refusal:
            record_consent(
                company_id=party.company_id, party_id=party.pk, channel="email", act="given", evidence=" ", now=now
            )
        assert refusal.value.field == "evidence"


class TestRelationships:
    def test_said_twice_is_one(self, party, manager, now):
        other = PartyFactory(company=party.company)
        for text in ("since 2020", "since 2021"):
            relate_parties(party_id=party.pk, kind="partner_of", other_id=other.pk, user=manager, now=now, note=text)
        assert [(one.party, one.kind, one.other, one.note) for one in Relationship.objects.all()] == [
            (party, "partner_of", other, "since 2021")
        ]

    def test_not_with_oneself(self, party, manager, now):
        with pytest.raises(InvalidInputError) as refusal:
            relate_parties(party_id=party.pk, kind="advises", other_id=party.pk, user=manager, now=now)
        assert refusal.value.field == "other"
        with pytest.raises(IntegrityError), transaction.atomic():
            Relationship.objects.create(company=party.company, party=party, other=party, kind="advises")
