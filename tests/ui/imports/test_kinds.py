"""Every kind of import: the dry run says what the import does, twice changes nothing, and undo takes it back."""

import datetime as dt
from decimal import Decimal

import pytest

from core.access.enums import Role
from core.catalog.models import Item, Unit
from core.errors import InvalidInputError, NotAllowedError, WrongStateError
from core.imports.dataset import LEAVE_EMPTY, LEAVE_OUT
from core.imports.enums import RowPolicy
from core.imports.models import ImportColumn
from core.imports.operations import RowsRefusedError, commit_run
from core.imports.queries import outcome_counts
from core.parties.models import ContactPoint, Party
from core.ui.imports import operations
from crm.leads.models import Lead
from crm.pipeline.models import Deal, StageLog
from crm.pipeline.setup import set_up_pipeline
from erp.inventory.setup import set_up_inventory
from erp.orders.models import SalesOrder, SalesOrderLine
from tests.factories.company import MembershipFactory, UserFactory
from tests.ui.imports.conftest import csv_file

pytestmark = pytest.mark.django_db


def counts(run):
    return outcome_counts(run).get(run.dataset, {})


def commit(run, acting, **policies):
    done = operations.commit_import(import_run_id=run.pk, **policies, **acting)
    done.refresh_from_db()
    return done


def answer(run, acting, *meanings):
    """Answer the open questions, in their order."""
    keys = list(run.questions.filter(answer="").values_list("pk", flat=True))
    return operations.answer_import(import_run_id=run.pk, answers=dict(zip(keys, meanings, strict=True)), **acting)


PARTIES = """Customer ID,Company,Telephone,E-mail,Country,Subsidiary of
C-1,Blue Lantern,+49 30 901820,Office@Blue-Lantern.example,Germany,
C-2,Small Lantern,,,DE,Blue Lantern
C-3,Far Harbour,+44 20 7946 0018,,United Kingdom,
"""


def test_parties_come_in_and_twice_changes_nothing(uploaded, acting, company):
    run = uploaded("parties", PARTIES)
    assert counts(run) == {"new": 3}
    assert Party.objects.count() == 0
    assert commit(run, acting).status == "done"
    found = Party.objects.values_list("external_id", "name", "country", "parent__name", "is_customer", "owner")
    assert list(found.order_by("external_id")) == [
        ("C-1", "Blue Lantern", "DE", None, True, None),
        ("C-2", "Small Lantern", "DE", "Blue Lantern", True, None),
        ("C-3", "Far Harbour", "GB", None, True, None),
    ]
    points = ContactPoint.objects.filter(party__external_id="C-1").order_by("kind").values_list("kind", "value")
    assert list(points) == [("email", "office@blue-lantern.example"), ("phone", "+4930901820")]

    again = uploaded("parties", PARTIES)
    assert counts(again) == {"unchanged": 3}
    versions = list(Party.objects.order_by("pk").values_list("version", flat=True))
    commit(again, acting)
    assert list(Party.objects.order_by("pk").values_list("version", flat=True)) == versions


def test_a_changed_row_is_an_update_and_undo_restores_what_was_there(uploaded, acting):
    commit(uploaded("parties", PARTIES), acting)
    changed = uploaded("parties", "Customer ID,Company,Country\nC-3,Near Harbour,Ireland\n")
    assert counts(changed) == {"update": 1}
    commit(changed, acting)
    assert Party.objects.values_list("name", "country").get(external_id="C-3") == ("Near Harbour", "IE")
    operations.undo_import(import_run_id=changed.pk, **acting)
    assert Party.objects.values_list("name", "country").get(external_id="C-3") == ("Far Harbour", "GB")


def test_undo_deletes_what_nothing_refers_to_and_lists_the_rest(uploaded, acting, company):
    run = commit(uploaded("parties", PARTIES), acting)
    blue = Party.objects.get(external_id="C-1")
    other = Party.objects.create(company=company, name="Late Comer", parent=blue)
    undone = operations.undo_import(import_run_id=run.pk, **acting)
    assert (undone.status, list(Party.objects.order_by("pk"))) == ("undone", [blue, other])
    notes = list(run.rows.exclude(undo_note="").values_list("number", "undo_note"))
    assert notes == [(2, "Blue Lantern stays: used by parties.")]
    assert operations.undo_import(import_run_id=run.pk, **acting).report == undone.report


def test_half_bad_is_all_or_none_until_the_user_says_otherwise(uploaded, acting):
    text = "SKU,Name,Price\nA-1,Lamp,10.00\nA-2,Shade,ten\nA-3,,5.00\nA-1,Again,1.00\n"
    run = uploaded("items", text)
    assert list(run.rows.order_by("pk").values_list("number", "outcome", "message")) == [
        (2, "new", ""),
        (3, "error", "List price: ten is not a number."),
        (4, "error", "Name: This field is required."),
        (5, "duplicate", "The key A-1 stands in the file already."),
    ]
    with pytest.raises(RowsRefusedError, match="2 rows are refused; nothing was written"):
        commit(run, acting)
    assert (Item.objects.count(), run.rows.filter(record_id__isnull=False).count()) == (0, 0)
    commit(run, acting, rows_policy=RowPolicy.GOOD)
    assert list(Item.objects.values_list("sku", "list_price")) == [("A-1", Decimal(10))]


def test_what_was_taken_meanwhile_takes_all_or_none_back_as_a_whole(uploaded, acting, company):
    run = uploaded("items", "SKU,Name\nA-1,Lamp\nA-2,Shade\n")
    assert counts(run) == {"new": 2}
    Item.objects.create(company=company, sku="X", name="Shade", external_id="taken", unit=Unit.objects.get())
    run.rows.filter(number=3).update(data={"sku": "A-1", "name": "Twice"}, key="other")
    with pytest.raises(RowsRefusedError, match="1 row is refused; nothing was written"):
        commit_run(run_id=run.pk, now=acting["now"], rows_policy=RowPolicy.ALL)
    assert list(Item.objects.values_list("sku", flat=True)) == ["X"]
    run.refresh_from_db()
    assert (run.status, list(run.rows.order_by("pk").values_list("outcome", flat=True))) == (
        "checked",
        ["new", "error"],
    )


def test_lookalikes_stay_out_unless_they_are_wanted(uploaded, acting):
    commit(uploaded("parties", PARTIES), acting)
    text = "Company,E-mail\nBlue Lantern Limited,office@blue-lantern.example\n"
    run = uploaded("parties", text)
    (row,) = run.rows.all()
    assert (row.outcome, row.message) == ("duplicate", "May be the same as Blue Lantern: domain, mail address, name.")
    commit(run, acting)
    assert Party.objects.count() == 3
    wanted = uploaded("parties", text)
    commit(wanted, acting, duplicates_policy="create")
    assert Party.objects.count() == 4


def test_the_same_row_twice_is_told_without_its_digest(uploaded):
    run = uploaded("leads", "Name,Email\nNora,nora@example.com\nNora,nora@example.com\n")
    assert list(run.rows.order_by("number").values_list("outcome", "message")) == [
        ("new", ""),
        ("duplicate", "The same row stands in the file already."),
    ]


def test_leads_are_compared_with_parties_and_leads(uploaded, acting):
    text = "Name,Company,Email\nNora Example,Green Harbour,nora@green-harbour.example\n"
    commit(uploaded("leads", text), acting)
    assert list(Lead.objects.values_list("name", "organisation_name", "email")) == [
        ("Nora Example", "Green Harbour", "nora@green-harbour.example")
    ]
    assert counts(uploaded("leads", text)) == {"unchanged": 1}
    again = uploaded("leads", "Name,Email\nN. Example,nora@green-harbour.example\n")
    assert counts(again) == {"duplicate": 1}


DEALS = """Opportunity ID,Product,Account,Deal stage,Engage date,Close date,Close value
D-1,GTXPro,Blue Lantern,Won,20-10-26,25-10-26,1050.5
D-2,GTX Pro,Blue Lantern,lost,21-10-26,30-10-26,0
D-3,GTX Pro,,Talking,,,
"""


def test_deals_ask_what_a_value_means_and_enter_as_they_ended(uploaded, acting, company):
    set_up_pipeline(company_id=company.pk, **acting)
    commit(uploaded("parties", "Company\nBlue Lantern\n"), acting)
    commit(uploaded("items", "SKU,Name\nGTX-P,GTX Pro\n"), acting)
    run = uploaded("deals", DEALS, date_order="dmy")
    questions = list(run.questions.order_by("topic").values_list("topic", "value", "rows", "suggestion"))
    assert questions == [("item", "GTXPro", 1, "GTX Pro"), ("place", "Talking", 1, "")]
    with pytest.raises(WrongStateError, match="no meaning yet"):
        commit(run, acting)
    run = answer(run, acting, "GTX Pro", LEAVE_EMPTY)
    assert list(run.rows.exclude(outcome="new").values_list("number", "message")) == []
    assert (Deal.objects.count(), StageLog.objects.count()) == (0, 0)
    commit(run, acting)
    assert list(Deal.objects.order_by("external_id").values_list("external_id", "status", "amount", "party__name")) == [
        ("D-1", "won", Decimal("1050.5"), "Blue Lantern"),
        ("D-2", "lost", Decimal(0), "Blue Lantern"),
        ("D-3", "open", Decimal(0), None),
    ]
    assert Deal.objects.get(external_id="D-1").closed_at.date() == dt.date(2026, 10, 25)
    assert SalesOrder.objects.count() == 0
    assert counts(answer(uploaded("deals", DEALS, date_order="dmy"), acting, "GTX Pro", LEAVE_OUT)) == {
        "unchanged": 2,
        "skipped": 1,
    }


ORDERS = """Order number;Customer;Order date;SKU;Quantity;Price;Discount
4711;Blue Lantern;01.03.2026;LAMP;2;1.234,50;10
4711;Blue Lantern;01.03.2026;SHADE;1;99,95;
4712;Blue Lantern;31.03.2026;LAMP;zwei;10,00;
4712;Blue Lantern;31.03.2026;SHADE;1;10,00;
"""


def test_orders_of_several_lines_are_one_record_and_never_half(uploaded, acting, company):
    set_up_inventory(company_id=company.pk, **acting)
    commit(uploaded("parties", "Company\nBlue Lantern\n"), acting)
    commit(uploaded("items", "SKU,Name\nLAMP,Lamp\nSHADE,Shade\n"), acting)
    run = uploaded("sales-orders", ORDERS)
    assert (run.decimal_mark, run.date_order) == (",", "dmy")
    assert list(run.rows.order_by("pk").values_list("number", "outcome", "message")) == [
        (2, "new", ""),
        (3, "new", ""),
        (4, "error", "Quantity: zwei is not a number."),
        (5, "error", "Quantity: zwei is not a number."),
    ]
    commit(run, acting, rows_policy=RowPolicy.GOOD)
    order = SalesOrder.objects.get()
    assert (order.external_id, order.status, order.document_date) == ("4711", "draft", dt.date(2026, 3, 1))
    lines = SalesOrderLine.objects.values_list("item__sku", "quantity", "unit_price", "discount_percent", "net_amount")
    assert list(lines) == [
        ("LAMP", Decimal(2), Decimal("1234.50"), Decimal(10), Decimal("2222.10")),
        ("SHADE", Decimal(1), Decimal("99.95"), Decimal(0), Decimal("99.95")),
    ]
    operations.undo_import(import_run_id=run.pk, **acting)
    assert (SalesOrder.objects.count(), SalesOrderLine.objects.count()) == (0, 0)


def test_what_can_be_read_in_two_ways_is_asked(uploaded, acting):
    text = 'Order number,Customer,Date,SKU,Price\n1,Blue,01/02/2026,LAMP,"1,234"\n'
    run = uploaded("sales-orders", text, check=False)
    assert (run.decimal_mark, run.date_order) == ("", "")
    with pytest.raises(InvalidInputError, match="days in this file can be read in several ways"):
        operations.check_import(import_run_id=run.pk, **acting)
    with pytest.raises(InvalidInputError, match="numbers in this file can be read in several ways"):
        operations.check_import(import_run_id=run.pk, date_order="mdy", **acting)
    run = operations.check_import(import_run_id=run.pk, date_order="mdy", decimal_mark=".", **acting)
    assert run.status == "checked"


def test_a_header_is_remembered(uploaded, acting):
    run = uploaded("parties", "Wer,Woher\nBlue Lantern,Germany\n", check=False)
    assert list(run.columns.values_list("field", flat=True)) == ["", ""]
    run = operations.check_import(import_run_id=run.pk, columns={0: "name", 1: "country"}, **acting)
    commit(run, acting)
    again = uploaded("parties", "Woher,Wer\nFrance,Red Lantern\n", check=False)
    assert list(again.columns.order_by("position").values_list("name", "field")) == [
        ("Woher", "country"),
        ("Wer", "name"),
    ]


def test_only_who_may_create_may_import(uploaded, company, acting):
    keeper = UserFactory()
    MembershipFactory(user=keeper, company=company, role=Role.WAREHOUSE)
    with pytest.raises(NotAllowedError, match="does not include importing"):
        operations.upload_import(
            company_id=company.pk, dataset="parties", file=csv_file(PARTIES), user=keeper, now=acting["now"]
        )
    assert ImportColumn.objects.count() == 0
