"""A company with something in every figure: the acceptance chain of an order, and what the other dashboards show."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.company.tenancy import all_companies
from core.parties.models import Party
from crm.campaigns.models import LeadAttribution
from crm.leads.conversion import convert_lead
from crm.leads.operations import create_lead, qualify_lead
from crm.pipeline.models import CloseReason
from crm.pipeline.operations import lose_deal, update_deal, win_deal
from crm.pipeline.setup import set_up_pipeline
from crm.tickets.operations import create_ticket, resolve_ticket
from erp.banking.operations import receive_payment
from erp.banking.setup import set_up_banking
from erp.invoicing.models import SalesInvoice
from erp.orders.operations import create_sales_order
from tests.factories.campaigns import CampaignFactory
from tests.factories.company import CurrencyRateFactory, currency, user_with
from tests.factories.orders import DAY, NOW, Shop
from tests.factories.parties import PartyFactory
from tests.factories.purchasing import billed, line, purchase_order, received
from tests.reporting.opening import signed_in

BACK = dt.date(2026, 3, 25)


class Business(Shop):
    """Item A bought 10 at 8.00 and 10 at 9.50 and billed; 15 ordered at 20.00 less 5 %, 12 shipped and invoiced, 2
    taken back and credited: revenue 228.00 − 38.00. Then what is still on its way, in both directions."""

    def __init__(self) -> None:
        super().__init__(name="Example", code="example")
        self.acting = {"user": None, "now": NOW}
        set_up_banking(company_id=self.company.pk, **self.acting)
        set_up_pipeline(company_id=self.company.pk, **self.acting)
        self.item.reorder_point = Decimal(50)
        self.item.save()
        self.supplier: Party = PartyFactory(company=self.company, name="Supplier", is_supplier=True)
        for number, price in enumerate(("8.00", "9.50")):
            order = purchase_order(self.company, line(self.item, 10, price), party=self.supplier)
            received(order)
            billed(order, f"S-{number}")
        self.sell()
        self.deals()
        self.tickets()

    def sell(self) -> None:
        order = self.order(self.line(15, discount_percent=Decimal(5)))
        delivery = self.ship(order, 12)
        self.invoice(order)
        returned = self.take_back(delivery, (2, "resale"), on=BACK)
        self.post(SalesInvoice.objects.get(source_label="orders.salesreturn", source_id=returned.pk))
        receive_payment(
            company_id=self.company.pk, party_id=self.customer.pk, amount=Decimal(200), payment_date=BACK,
            **self.acting,
        )  # fmt: skip
        CurrencyRateFactory(company=self.company, rate="0.90", date=DAY)
        other = PartyFactory(company=self.company, name="Other customer")
        abroad = create_sales_order(
            company_id=self.company.pk, party_id=other.pk, lines=[self.line(1, 100)], document_date=DAY,
            currency_id=currency("USD").code, **self.acting,
        )  # fmt: skip
        self.confirm(abroad)
        self.order(self.line(1, 50), freight_amount=Decimal("4.00"))
        self.sent(self.line(3, 30))
        self.plan(self.order(self.line(2, 20)))
        purchase_order(self.company, line(self.item, 4, "9.00"), party=self.supplier)
        received(purchase_order(self.company, line(self.item, 5, "9.00"), party=self.supplier), 2)

    def tickets(self) -> None:
        for number in range(3):
            ticket = create_ticket(
                company_id=self.company.pk, subject=f"Question {number}", description="How?", party_id=self.customer.pk,
                **self.acting,
            )  # fmt: skip
            if number == 1:
                resolve_ticket(ticket_id=ticket.pk, resolution="So.", **self.acting)

    def deals(self) -> None:
        for number in range(4):
            lead = create_lead(
                company_id=self.company.pk, name=f"Ada {number}", email=f"ada{number}@works.example", source="web",
                **self.acting,
            )  # fmt: skip
            if number == 3:
                campaign = CampaignFactory(company=self.company)
                LeadAttribution.objects.create(company=self.company, lead=lead, campaign=campaign, by="code", at=NOW)
                break
            qualify_lead(lead_id=lead.pk, **self.acting)
            lead = convert_lead(lead_id=lead.pk, deal_title=f"Deal {number}", **self.acting)
            update_deal(deal_id=lead.deal_id, amount=Decimal(100 * (number + 1)), **self.acting)
            if number == 1:
                win_deal(deal_id=lead.deal_id, **self.acting)
            if number == 2:
                reason = CloseReason.objects.filter(company=self.company, kind="lost").first()
                lose_deal(deal_id=lead.deal_id, reason_id=reason.pk, **self.acting)

    def client(self, role: Role = Role.DIRECTOR) -> Client:
        return signed_in(user_with(role, self.company))


@pytest.fixture(scope="module")
def business(django_db_setup: None, django_db_blocker: Any) -> Iterator[Business]:
    """Made once a module, in a transaction around those of its tests, and rolled back with it."""
    with django_db_blocker.unblock(), all_companies(), transaction.atomic():
        yield Business()
        transaction.set_rollback(True)


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()
