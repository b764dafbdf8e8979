"""History is kept by the database and read by people."""

from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from core.access.enums import Role
from core.access.models import User
from core.audit.acts import acting
from core.audit.lines import line_changes
from core.audit.queries import history
from core.company.models import Company, CurrencyRate, Holiday, Membership, Team, WorkingCalendar, WorkingWindow
from core.documents.facts import Fact
from core.documents.models import Record
from core.parties.models import Party, PaymentTerm
from core.parties.operations import update_party
from core.ui.registry import all_resources
from crm.pipeline.models import DealLine
from erp.invoicing.models import SalesInvoiceLine
from erp.orders.models import DeliveryLine, SalesOrder, SalesOrderLine
from erp.orders.operations import ship_delivery
from tests.factories.company import MembershipFactory, UserFactory
from tests.factories.orders import DAY, NOW, SalesOrderFactory, Shop
from tests.factories.parties import PartyFactory
from tests.factories.pipeline import DealLineFactory

pytestmark = pytest.mark.django_db


def test_a_change_shows_who_what_and_from_what_to_what():
    user, owner = UserFactory(name="Ada"), UserFactory(name="Grace")
    party = PartyFactory(name="Before")
    with acting(user=user.pk, request_id="abc"):
        update_party(party_id=party.pk, user=user, now=timezone.now(), name="After", owner=owner)
    entry = history(party)[0]
    assert (entry.kind, entry.user, entry.request_id) == ("update", "Ada", "abc")
    assert {(c.field, c.before, c.after) for c in entry.changes} == {
        ("name", "Before", "After"),
        ("owner", "", "Grace"),
    }


def test_one_act_is_one_context_and_what_follows_is_nobodys():
    first, second, after = PartyFactory(name="First"), PartyFactory(name="Second"), PartyFactory(name="After")
    with acting(user=UserFactory().pk):
        Party.objects.filter(pk=first.pk).update(name="1")
        with acting(verb="parties.rename"):
            Party.objects.filter(pk=second.pk).update(name="2")
    Party.objects.filter(pk=after.pk).update(name="3")
    contexts = [party.events.latest("pgh_id").pgh_context for party in (first, second, after)]
    assert contexts[0] == contexts[1]
    assert contexts[0].metadata["verb"] == "parties.rename"
    assert contexts[2] is None


@pytest.mark.django_db(transaction=True)
def test_every_transaction_of_an_act_announces_it_and_the_connection_forgets_it():
    with transaction.atomic():
        party = PartyFactory(name="Before")
    with acting(user=7, url="/parties/"):
        for name in ("One", "Two"):
            with transaction.atomic():
                Party.objects.filter(pk=party.pk).update(name=name)
    with transaction.atomic():
        Party.objects.filter(pk=party.pk).update(name="Three")
        by = [event.pgh_context and event.pgh_context.metadata for event in party.events.order_by("pgh_id")]
    assert by == [None, *[{"user": 7, "url": "/parties/"}] * 2, None]


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


def test_people_companies_and_roles_have_a_history_without_secrets():
    boss, user = UserFactory(name="Ada"), UserFactory(name="Before")
    membership = MembershipFactory(user=user, role=Role.BUYER)
    with acting(user=boss.pk, verb="people.grant"):
        user.name, user.last_login = "After", timezone.now()
        user.set_password("correct-horse-battery")
        user.save()
        membership.role = Role.ACCOUNTANT
        membership.save()
    entry = history(user)[0]
    assert [(c.field, c.before, c.after) for c in entry.changes] == [("name", "Before", "After")]
    assert (entry.user, entry.verb) == ("Ada", "people.grant")
    assert [(c.before, c.after) for c in history(membership)[0].changes] == [("Buyer", "Accountant")]
    assert {"password", "last_login"}.isdisjoint(
        field.name for field in type(user.events.get_queryset()[0])._meta.fields
    )
    user.set_password("another-horse-battery")
    user.save()
    assert len(history(user)) == 2, "a new password alone is no entry"


def test_every_record_has_a_history():
    untracked = {
        model._meta.label for model in apps.get_models() if issubclass(model, Record) and not hasattr(model, "events")
    }
    assert untracked == {"documents.Attachment"}, "an attachment itself says who attached and who removed it"
    for model in (User, Company, Membership, Team, CurrencyRate, WorkingCalendar, WorkingWindow, Holiday):
        assert hasattr(model, "events"), model


def test_history_of_a_document_tells_what_changed_on_its_lines() -> None:
    order = SalesOrderFactory()
    first, gone = (
        SalesOrderLine.objects.create(
            order=order, company=order.company, position=place, description=name, quantity=place
        )
        for place, name in ((1, "Desk"), (2, "Lamp"))
    )
    with acting(user=UserFactory().pk):
        SalesOrder.objects.filter(pk=order.pk).update(reference="PO 7")
        SalesOrderLine.objects.filter(pk=first.pk).update(quantity=5)
        gone.delete()
    told = [(change.label, change.before, change.after) for change in history(order, lines="lines")[0].changes]
    assert told == [
        ("Customer's reference", "", "PO 7"),
        ("Line 1 · Quantity", "1", "5"),
        ("Line 2", "Lamp · 2 · 0", ""),
    ]


def test_the_lines_of_every_document_have_a_history_or_never_change() -> None:
    without = {
        line._meta.label
        for resource in all_resources()
        if resource.answered_lines
        for line in [getattr(resource.model, resource.answered_lines[1]).rel.related_model]
        if not hasattr(line, "events") and not issubclass(line, Fact)
    }
    assert without == {"campaigns.SegmentMember"}, "a segment's people are frozen with each mailing"


def test_history_of_deal_delivery_and_invoice_tells_their_lines_but_no_cost() -> None:
    shop = Shop()
    shop.stock((10, 5))
    order = shop.order(shop.line(6))
    delivery = shop.plan(order, 4)
    DeliveryLine.objects.filter(delivery=delivery).update(quantity=3)
    ship_delivery(delivery_id=delivery.pk, ship_date=DAY, user=None, now=NOW)
    draft = shop.invoice_draft(order)
    SalesInvoiceLine.objects.filter(invoice=draft).update(unit_price=19)
    term = PaymentTerm.objects.create(company=shop.company, name="Net 30")
    term.lines.create(company=shop.company, percent=100, days=30)
    term.lines.update(days=60)
    deal = DealLineFactory().deal
    DealLine.objects.filter(deal=deal).update(quantity=5)

    told = [told_of_lines(record) for record in (delivery, draft, deal, term)]
    assert told == [
        [("Line 1", "", "A Item A · Item A · 4"), ("Line 1 · Quantity", "4", "3")],
        [("Line 1", "", "A Item A · Item A · 3 · 20"), ("Line 1 · Unit price", "20", "19")],
        [("Line 1", "", "Advice · 2 · 50"), ("Line 1 · Quantity", "2", "5")],
        [("Instalment", "", "100 · 30"), ("Instalment · Days", "30", "60")],
    ]


def told_of_lines(record: Any) -> list[tuple[str, str, str]]:
    """What the history says of lines, in the order in which they changed."""
    entries = line_changes(record, "lines")
    changes = [change for entry in reversed(entries) for change in entry.changes]
    return [(change.label, change.before, change.after) for change in changes]
