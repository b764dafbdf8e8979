"""Writing, changing, sending and revising quotations."""

import datetime as dt
from decimal import Decimal

import pytest

from core.access.enums import Role
from core.documents.papers import papers_of, print_paper
from core.documents.references import RecordRef
from core.errors import ConflictError, InvalidInputError, WrongStateError
from erp.orders.enums import QuotationStatus
from erp.orders.models import Quotation, QuotationLine
from erp.orders.operations import create_quotation, revise_quotation, send_quotation, update_quotation
from erp.orders.queries import compare_quotations, stock_of_lines, versions_of
from tests.factories.catalog import ItemFactory, PriceListFactory, PriceRuleFactory
from tests.factories.company import TeamFactory, currency, user_with
from tests.factories.orders import DAY, NOW, Shop
from tests.factories.parties import PartyFactory, PaymentTermFactory

pytestmark = pytest.mark.django_db
D = Decimal


def figures(document):
    return document.net_amount, document.tax_amount, document.total_amount


def test_a_line_is_completed_from_its_item_and_priced():
    shop = Shop()
    quotation = shop.quotation(shop.line(15, discount_percent=D(5)))
    (line,) = quotation.lines.all()
    assert (line.description, line.unit, line.unit_price) == ("Item A", shop.item.unit, D(20))
    assert (line.net_amount, line.tax_amount, line.tax_set) == (D("285.00"), D("57.00"), shop.tax_set)
    assert figures(quotation) == (D("285.00"), D("57.00"), D("342.00"))
    assert (quotation.status, quotation.number, quotation.revision) == (QuotationStatus.DRAFT, None, 1)
    assert (quotation.document_date, quotation.valid_until) == (DAY, dt.date(2026, 4, 14))


def test_the_price_list_of_the_customer_decides():
    shop = Shop()
    prices = PriceListFactory(company=shop.company)
    prices.parties.add(shop.customer)
    PriceRuleFactory(price_list=prices, item=shop.item, amount=D(15), min_quantity=D(10))
    assert shop.quotation(shop.line(10)).net_amount == D("150.00")
    assert shop.quotation(shop.line(9)).net_amount == D("180.00")


def test_a_given_price_and_description_stay():
    shop = Shop()
    quotation = shop.quotation(
        shop.line(2, "7.50", description="As agreed"), {"description": "Setup", "unit_price": D(30)}
    )
    lines = [(line.position, line.description, line.net_amount) for line in quotation.lines.all()]
    assert lines == [(1, "As agreed", D("15.00")), (2, "Setup", D("30.00"))]


def test_freight_is_a_field_of_the_head_and_a_taxed_line_of_the_figures():
    shop = Shop()
    quotation = shop.quotation(shop.line(10), freight_amount=D("12.50"))
    assert figures(quotation) == (D("212.50"), D("42.50"), D("255.00"))
    assert [line.is_freight for line in quotation.lines.all()] == [False]
    freight = QuotationLine.objects.get(quotation=quotation, is_freight=True)
    assert (freight.position, freight.net_amount, freight.tax_set) == (2, D("12.50"), shop.tax_set)


def test_defaults_come_from_customer_and_user():
    shop = Shop()
    team = TeamFactory(company=shop.company)
    seller = user_with(Role.SALESPERSON, shop.company, team=team)
    shop.customer.payment_term = PaymentTermFactory(company=shop.company)
    shop.customer.currency = currency("USD")
    shop.customer.save()
    quotation = shop.quotation({"description": "Work", "unit_price": D(10)}, user=seller)
    assert (quotation.owner, quotation.team, quotation.created_by) == (seller, team, seller)
    assert (quotation.payment_term, quotation.currency_id) == (shop.customer.payment_term, "USD")
    other = user_with(Role.SALESPERSON, shop.company)
    assert shop.quotation({"description": "x"}, user=seller, owner_id=other.pk).owner == other


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"lines": [{"quantity": D(1)}]}, "invalid", "lines"),
        ({"lines": [{"item_id": 0, "description": "x", "quantity": D(0)}]}, "invalid", "lines"),
        ({"party_id": 0}, "party_missing", "party"),
        ({"valid_until": DAY - dt.timedelta(days=1)}, "invalid", "valid_until"),
    ],
)
def test_refusals_of_a_new_quotation(given, code, field):
    shop = Shop()
    values = {"party_id": shop.customer.pk, "lines": [shop.line(1)], "document_date": DAY, **given}
    with pytest.raises(InvalidInputError) as refusal:
        create_quotation(company_id=shop.company.pk, user=None, now=NOW, **values)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not Quotation.objects.exists()


def test_an_inactive_customer_is_refused():
    shop = Shop()
    retired = PartyFactory(company=shop.company, active=False)
    with pytest.raises(InvalidInputError) as refusal:
        create_quotation(company_id=shop.company.pk, party_id=retired.pk, lines=[shop.line(1)], user=None, now=NOW)
    assert refusal.value.code == "party_inactive"


def test_a_draft_changes_with_its_lines_and_keeps_where_they_came_from():
    shop = Shop()
    source = RecordRef("pipeline.dealline", 7)
    quotation = shop.quotation(shop.line(15, source=source), freight_amount=D(10))
    line = quotation.lines.get()
    changed = update_quotation(
        quotation_id=quotation.pk,
        user=None,
        now=NOW,
        expected_version=1,
        reference="PO 4711",
        lines=[shop.line(3, id=line.pk), {"description": "Setup", "unit_price": D(30)}],
    )
    assert figures(changed) == (D("100.00"), D("14.00"), D("114.00"))
    assert (changed.reference, changed.version, changed.freight_amount) == ("PO 4711", 2, D(10))
    assert [one.source for one in changed.lines.all()] == [source, None]
    again = update_quotation(quotation_id=quotation.pk, user=None, now=NOW, freight_amount=D(0))
    assert figures(again) == (D("90.00"), D("12.00"), D("102.00"))
    assert QuotationLine.objects.filter(quotation=quotation).count() == 2


def test_a_stale_version_and_a_sent_quotation_are_not_changed():
    shop = Shop()
    quotation = shop.quotation(shop.line(1))
    with pytest.raises(ConflictError):
        update_quotation(quotation_id=quotation.pk, user=None, now=NOW, expected_version=9, reference="x")
    shop.sent(shop.line(1))
    sent = Quotation.objects.get(status=QuotationStatus.SENT)
    with pytest.raises(WrongStateError):
        update_quotation(quotation_id=sent.pk, user=None, now=NOW, reference="x")


def test_sending_draws_the_number_and_freezes_the_paper():
    shop = Shop()
    shop.customer.legal_name = "Customer Ltd"
    shop.customer.save()
    sent = shop.sent(shop.line(15, discount_percent=D(5)))
    assert (sent.status, sent.number, sent.sent_at) == (QuotationStatus.SENT, "QUO-2026-00001", NOW)
    assert send_quotation(quotation_id=sent.pk, user=None, now=NOW).version == sent.version
    paper = papers_of(sent).get()
    assert paper.data["party"]["name"] == "Customer Ltd"
    assert [cell["value"] for cell in paper.data["rows"][0]] == ["Item A", "15 pc", "20.00", "5 %", "285.00"]
    assert [row["value"] for row in paper.data["totals"]] == ["285.00", "57.00", "342.00 EUR"]
    content = bytes(print_paper(paper_id=paper.pk).content)
    assert content.startswith(b"%PDF")
    assert bytes(print_paper(paper_id=paper.pk).content) == content


@pytest.mark.parametrize(
    ("lines", "valid_until", "code"), [(0, None, "no_lines"), (1, dt.date(2026, 3, 14), "validity_passed")]
)
def test_what_cannot_be_sent(lines, valid_until, code):
    shop = Shop()
    quotation = shop.quotation(*[shop.line(1)] * lines, document_date=dt.date(2026, 3, 1), valid_until=valid_until)
    with pytest.raises(InvalidInputError) as refusal:
        send_quotation(quotation_id=quotation.pk, user=None, now=NOW)
    assert refusal.value.code == code
    quotation.refresh_from_db()
    assert (quotation.status, quotation.number) == (QuotationStatus.DRAFT, None)


def test_a_new_version_supersedes_the_one_before():
    shop = Shop()
    first = shop.sent(shop.line(15), shop.line(1, "5", description="Extra"), freight_amount=D(10))
    second = revise_quotation(quotation_id=first.pk, user=None, now=NOW)
    assert revise_quotation(quotation_id=first.pk, user=None, now=NOW) == second
    first.refresh_from_db()
    assert (first.status, second.status, second.revision) == (QuotationStatus.SUPERSEDED, QuotationStatus.DRAFT, 2)
    assert figures(second) == figures(first)
    line = second.lines.get(position=1)
    update_quotation(quotation_id=second.pk, user=None, now=NOW, lines=[shop.line(12, id=line.pk)])
    sent = send_quotation(quotation_id=second.pk, user=None, now=NOW)
    assert sent.number == "QUO-2026-00001-V2"
    changed = [(c.before, c.after) for c in compare_quotations(first, sent) if c.is_changed]
    assert [(b and b.quantity, a and a.quantity) for b, a in changed] == [(D(15), D(12)), (D(1), None)]
    third = revise_quotation(quotation_id=second.pk, user=None, now=NOW)
    assert [one.revision for one in versions_of(second)] == [1, 2, 3]
    assert send_quotation(quotation_id=third.pk, user=None, now=NOW).number == "QUO-2026-00001-V3"


def test_a_draft_is_changed_not_revised():
    shop = Shop()
    with pytest.raises(WrongStateError):
        revise_quotation(quotation_id=shop.quotation(shop.line(1)).pk, user=None, now=NOW)


def test_each_line_shows_what_is_free():
    shop = Shop()
    shop.stock((20, 8))
    service = ItemFactory(company=shop.company, kind="service")
    shop.order(shop.line(15))
    quotation = shop.quotation(shop.line(3), shop.line(1, item=service), {"description": "Setup"})
    found = stock_of_lines(quotation, list(quotation.lines.all()))
    assert [(one.stock.on_hand, one.stock.available) if one.stock else None for one in found] == [
        (D(20), D(5)),
        (D(0), D(0)),
        None,
    ]
