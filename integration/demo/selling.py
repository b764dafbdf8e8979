"""A month of selling: leads, deals, quotations, orders, deliveries, invoices, payments, returns."""

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from core.access.enums import Role
from core.access.models import User
from core.company.models import Team
from core.parties.models import Party
from crm.contacts.operations import plan_interaction
from crm.leads.operations import create_lead, work_lead
from crm.pipeline.enums import ReasonKind
from crm.pipeline.models import CloseReason, Deal, Stage
from crm.pipeline.operations import create_deal, lose_deal, move_deal_to_stage
from erp.banking.operations import receive_payment
from erp.invoicing.models import OpenItem, SalesInvoice
from erp.invoicing.operations import post_sales_invoice
from erp.orders.errors import NothingToDeliverError, NothingToInvoiceError
from erp.orders.models import Delivery, SalesOrder
from erp.orders.operations import (
    accept_quotation,
    confirm_sales_order,
    create_delivery,
    invoice_sales_order,
    receive_return,
    send_quotation,
    ship_delivery,
)
from integration.demo import words
from integration.demo.month import Month
from integration.operations import quote_deal

# Share of a usual month, January to December: quiet in summer, busy before the holidays.
SEASON = (80, 85, 100, 105, 100, 95, 75, 70, 105, 115, 130, 140)
WON, LOST, OPEN = 62, 25, 13


def sell(month: Month) -> None:
    """The month's deals in the order of their days, then returns and payments."""
    rng = month.rng("selling")
    count = month.size.deals_a_month * SEASON[month.first.month - 1] // 100
    days = sorted(rng.randint(3, 28) for _number in range(count))
    for day in (month.first + dt.timedelta(days=number - 1) for number in days):
        if day <= month.last:
            _deal(month, rng, day)
    _leads(month, month.rng("leads"))
    _returns(month, month.rng("returns"))


def _deal(month: Month, rng: random.Random, day: dt.date) -> None:
    user = month.people[Role.SALESPERSON if rng.random() < 0.75 else Role.SALES_MANAGER]
    # The first customers buy most, as they do everywhere.
    customer = month.masters.customers[int(len(month.masters.customers) * rng.random() ** 2)]
    lines = [
        {
            "item_id": item.pk,
            "quantity": Decimal(rng.randint(1, 6)),
            "discount_percent": Decimal(rng.choice((0, 0, 0, 5, 10))),
        }
        for item in rng.sample(month.masters.items, k=min(len(month.masters.items), rng.randint(1, 4)))
    ]
    deal = create_deal(
        company_id=month.company.pk,
        user=user,
        now=month.at(day, 8),
        title=f"{rng.choice(tuple(words.THINGS))} for {customer.name}"[:200],
        party_id=customer.pk,
        lines=lines,
        team_id=_team_id(month),
        expected_close_date=day + dt.timedelta(days=30),
    )
    fate = rng.choices(("won", "lost", "open"), (WON, LOST, OPEN))[0]
    if fate == "won":
        _win(month, rng, deal, customer, day, user)
    elif fate == "lost" or not _is_recent(month, day):
        _lose(month, rng, deal, day, user)
    else:
        _leave_open(month, rng, deal, day, user)


def _team_id(month: Month) -> int | None:
    return Team.objects.filter(company=month.company).values_list("pk", flat=True).first()


def _is_recent(month: Month, day: dt.date) -> bool:
    return (month.today - day).days < 60


def _move(deal: Deal, place: int, user: User, now: dt.datetime) -> None:
    stages = list(Stage.objects.filter(pipeline_id=deal.pipeline_id).order_by("position"))
    move_deal_to_stage(deal_id=deal.pk, stage_id=stages[min(place, len(stages) - 1)].pk, user=user, now=now)


def _lose(month: Month, rng: random.Random, deal: Deal, day: dt.date, user: User) -> None:
    _move(deal, rng.randint(1, 3), user, month.at(day, 9))
    reasons = CloseReason.objects.filter(company=month.company, kind=ReasonKind.LOST).order_by("pk")
    reason_id = rng.choice(list(reasons.values_list("pk", flat=True)))
    lose_deal(
        deal_id=deal.pk, user=user, now=month.at(min(day + dt.timedelta(days=9), month.today)), reason_id=reason_id
    )


def _leave_open(month: Month, rng: random.Random, deal: Deal, day: dt.date, user: User) -> None:
    _move(deal, rng.randint(0, 3), user, month.at(day, 9))
    now = month.at(day, 11)
    due = month.at(month.today + dt.timedelta(days=rng.randint(-4, 10)))
    subject = rng.choice(words.TASKS)
    plan_interaction(
        company_id=month.company.pk, user=user, now=now, subject=subject, due_at=due, party_id=deal.party_id
    )
    if rng.random() < 0.6:
        send_quotation(quotation_id=quote_deal(deal_id=deal.pk, user=user, now=now).pk, user=user, now=now)


def _win(month: Month, rng: random.Random, deal: Deal, customer: Party, day: dt.date, user: User) -> None:  # noqa: PLR0917
    now = month.at(day, 11)
    _move(deal, 2, user, month.at(day, 9))
    quotation = send_quotation(quotation_id=quote_deal(deal_id=deal.pk, user=user, now=now).pk, user=user, now=now)
    order = accept_quotation(quotation_id=quotation.pk, user=user, now=month.at(day, 14))
    confirm_sales_order(sales_order_id=order.pk, user=user, now=month.at(day, 15))
    _fulfil(month, rng, order, day)


def _fulfil(month: Month, rng: random.Random, order: SalesOrder, day: dt.date) -> None:
    """Ship two days later and invoice at once. In the running month's last days some of it is still to be done."""
    ship_on = day + dt.timedelta(days=2)
    acting: dict[str, Any] = {"user": month.people[Role.WAREHOUSE], "now": month.at(min(ship_on, month.today))}
    if rng.random() < 0.03 and month.is_last:
        return
    try:
        delivery = create_delivery(sales_order_id=order.pk, document_date=ship_on, **acting)
    except NothingToDeliverError:
        return
    if ship_on > month.last:
        return
    ship_delivery(delivery_id=delivery.pk, ship_date=ship_on, **acting)
    acting["user"] = month.people[Role.ACCOUNTANT]
    try:
        invoice = invoice_sales_order(sales_order_id=order.pk, document_date=ship_on, **acting)
    except NothingToInvoiceError:
        return
    post_sales_invoice(sales_invoice_id=invoice.pk, **acting)


def _leads(month: Month, rng: random.Random) -> None:
    for number in range(max(1, month.size.deals_a_month // 3)):
        day = month.day(rng.randint(1, 28))
        user = month.people[Role.SALESPERSON]
        name = f"{rng.choice(words.FIRST)} {rng.choice(words.LAST)}"
        lead = create_lead(
            company_id=month.company.pk,
            user=month.people[Role.MARKETER],
            now=month.at(day),
            owner_id=user.pk,
            name=name,
            organisation_name=f"{rng.choice(words.PLACES)} {rng.choice(words.TRADES)}",
            email=f"{name.lower().replace(' ', '.')}.{month.first:%y%m}{number}@mail.example",
            country="DE",
            source=rng.choice(words.SOURCES),
            team_id=_team_id(month),
        )
        if rng.random() < 0.5:
            work_lead(lead_id=lead.pk, user=user, now=month.at(day))


def _returns(month: Month, rng: random.Random) -> None:
    """About three deliveries in a hundred come back in part, and are credited."""
    day = month.last
    shipped = Delivery.objects.filter(
        company=month.company, status="shipped", document_date__gte=month.first, document_date__lte=day
    )
    acting: dict[str, Any] = {"user": month.people[Role.ACCOUNTANT], "now": month.at(day)}
    for delivery in shipped.order_by("pk").prefetch_related("lines"):
        if rng.random() >= 0.03:
            continue
        line = delivery.lines.order_by("pk")[0]
        back = receive_return(
            delivery_id=delivery.pk, lines=[(line.pk, Decimal(1), "resale")], return_date=day,
            reason="Damaged in transit", **acting,
        )  # fmt: skip
        notes = SalesInvoice.objects.filter(
            company=month.company, source_label=back._meta.label_lower, source_id=back.pk, status="draft"
        )
        for note in notes:
            post_sales_invoice(sales_invoice_id=note.pk, **acting)


def collect(month: Month) -> None:
    """Money for invoices comes in: most around the due date, some late, some in part, a few not at all."""
    open_invoices = OpenItem.objects.filter(
        company=month.company, side="receivable", settled_date=None, amount__gt=0, due_date__lte=month.last
    )
    for item in open_invoices.order_by("due_date", "pk"):
        rng = random.Random(f"{month.seed}:pay:{item.document_number}")  # noqa: S311 - not for secrets
        habit = rng.random()
        if habit > 0.96:
            continue
        day = item.due_date + dt.timedelta(days=rng.randint(-6, 4) if habit < 0.8 else rng.randint(10, 50))
        if habit > 0.92 and item.last_allocation_date is not None:
            continue
        if not month.first <= max(day, item.document_date) <= month.last and day >= month.first:
            continue
        amount = (
            (item.open_currency_amount / 2).quantize(Decimal("0.01")) if habit > 0.92 else item.open_currency_amount
        )
        receive_payment(
            company_id=month.company.pk,
            party_id=item.party_id,
            amount=amount,
            payment_date=max(day, month.first, item.document_date),
            user=month.people[Role.ACCOUNTANT],
            now=month.at(month.last),
            allocations=[(item.pk, amount)],
        )
