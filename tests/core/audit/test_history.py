"""History is kept by the database and read by people."""

import pghistory
import pytest
from django.utils import timezone

from core.audit.queries import history
from core.parties.models import Party
from core.parties.operations import update_party
from tests.factories.company import UserFactory
from tests.factories.parties import PartyFactory

pytestmark = pytest.mark.django_db


def test_a_change_shows_who_what_and_from_what_to_what():
    user, owner = UserFactory(name="Ada"), UserFactory(name="Grace")
    party = PartyFactory(name="Before")
    with pghistory.context(user=user.pk, request_id="abc"):
        update_party(party_id=party.pk, user=user, now=timezone.now(), name="After", owner=owner)
    entry = history(party)[0]
    assert (entry.kind, entry.user, entry.request_id) == ("update", "Ada", "abc")
    assert {(c.field, c.before, c.after) for c in entry.changes} == {
        ("name", "Before", "After"),
        ("owner", "", "Grace"),
    }


def test_bulk_changes_are_kept_too():
    party = PartyFactory(name="Before")
    Party.objects.filter(pk=party.pk).update(kind="person")
    assert [(c.before, c.after) for c in history(party)[0].changes] == [("Organisation", "Person")]


def test_the_first_entry_is_the_creation():
    party = PartyFactory(name="New")
    (entry,) = history(party)
    assert entry.kind == "insert"
    assert {c.field: c.after for c in entry.changes}["name"] == "New"


def test_queries_do_not_grow_with_the_history(django_assert_max_num_queries):
    party = PartyFactory()
    for number in range(20):
        update_party(party_id=party.pk, user=None, now=timezone.now(), name=f"Name {number}")
    with django_assert_max_num_queries(8):
        assert len(history(party)) == 21
