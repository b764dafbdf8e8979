"""A month of support: customers ask, agents answer, and most of it is solved within days."""

import datetime as dt
import random
from typing import Any

from core.access.enums import Role
from core.access.models import User
from core.parties.enums import ContactKind, PartyKind
from core.parties.models import Party
from core.parties.operations import create_party
from crm.tickets.enums import AnswerThen, TicketChannel, TicketPriority
from crm.tickets.models import Ticket, TicketCategory
from crm.tickets.operations import (
    add_ticket_note,
    answer_ticket,
    close_ticket,
    create_ticket,
    record_customer_message,
    resolve_ticket,
)
from integration.demo import words
from integration.demo.month import Month

# For every second deal somebody writes.
DEALS_A_TICKET = 2
CHANNELS = (TicketChannel.EMAIL, TicketChannel.PHONE, TicketChannel.WEB, TicketChannel.CHAT, TicketChannel.IN_PERSON)
CHANNEL_SHARES = (50, 25, 15, 8, 2)
PRIORITIES = (TicketPriority.LOW, TicketPriority.NORMAL, TicketPriority.HIGH, TicketPriority.URGENT)
PRIORITY_SHARES = (15, 60, 20, 5)
RECENT = dt.timedelta(days=10)

# Category, subject, what the customer says, what we answer, what solves it.
CASES = (
    ("Delivery", "Where is my order?", "The parcel should have been here on Monday. The tracking page has not moved.",
     "I have asked the carrier: it lies in the depot and comes tomorrow.", "Delivered a day late by the carrier."),
    ("Delivery", "One box is missing", "We ordered three boxes and two arrived. The delivery note says three.",
     "Sorry for that. The third one left our warehouse today.", "The missing box was packed and sent."),
    ("Fault", "The lamp flickers", "It flickers after about ten minutes, with every bulb we tried.",
     "Could you tell me the number on the base of the lamp?", "A loose contact; the driver was exchanged."),
    ("Fault", "Scratch on the table top", "There is a scratch of a hand's width on the top. A photo is with our buyer.",
     "We take it back or lower the price, whichever you prefer.", "The customer keeps it at a lower price."),
    ("Invoice", "Wrong address on the invoice", "Please put our new address on the invoice, our accounts refuse it.",
     "The new address is on your record now, and a corrected invoice is on its way.", "Corrected invoice sent."),
    ("Invoice", "Discount not on the invoice", "We had agreed on five percent. The invoice shows the full price.",
     "You are right. The credit note for the difference follows today.", "Credit note over the agreed discount."),
    ("Return", "We would like to send two stools back", "They do not match the bench. They are unused.",
     "That is no trouble; the return label is attached.", "Return received and credited."),
    ("Question", "Is the shelf available in oak?", "The catalogue shows ash only. Do you make it in oak, too?",
     "Yes, with about three weeks more until delivery.", "Answered: oak can be had in three weeks."),
    ("Question", "How do we clean the linen?", "There is a coffee stain on the cover. What may we use?",
     "Cold water and mild soap, never bleach; let it dry flat.", "Explained how to clean it."),
    ("Complaint", "Nobody called back", "I asked twice for a call about our order and nobody rang.",
     "I am sorry. I will call you this afternoon myself.", "Called; the order is settled and the customer content."),
)  # fmt: skip


def support(month: Month) -> None:
    """The month's tickets in the order of their days. What is older than ten days is settled."""
    rng = month.rng("support")
    count = max(1, month.size.deals_a_month // DEALS_A_TICKET)
    days = sorted(rng.randint(1, 28) for _number in range(count))
    categories = {one.name: one.pk for one in TicketCategory.objects.filter(company=month.company)}
    for number, day in enumerate(month.first + dt.timedelta(days=day - 1) for day in days):
        if day <= month.last:
            _ticket(month, rng, day, f"demo:ticket:{month.first:%y%m}:{number}", categories)


def _ticket(month: Month, rng: random.Random, day: dt.date, external_id: str, categories: dict[str, int]) -> None:
    category, subject, asks, answers, solves = rng.choice(CASES)
    customer = rng.choice(month.masters.customers)
    agent = month.people[Role.SUPPORT_AGENT]
    opened_at = month.at(day, rng.randint(7, 15))
    ticket = create_ticket(
        company_id=month.company.pk,
        user=agent,
        now=opened_at,
        subject=subject,
        description=asks,
        party_id=customer.pk,
        contact_id=_contact(month, rng, customer, opened_at).pk,
        category_id=categories.get(category),
        channel=rng.choices(CHANNELS, CHANNEL_SHARES)[0],
        priority=rng.choices(PRIORITIES, PRIORITY_SHARES)[0],
        external_id=external_id,
    )
    fate = rng.random()
    if opened_at < month.at(month.today) - RECENT:
        _settle(rng, ticket, agent, answers, solves, closes=fate < 0.8)
    elif fate < 0.7:
        _talk(rng, ticket, agent, answers, month.at(month.today, 16))


def _contact(month: Month, rng: random.Random, customer: Party, now: dt.datetime) -> Party:
    """Who of the customer writes; the first one who ever did stays the one to speak to."""
    name = f"{rng.choice(words.FIRST)} {rng.choice(words.LAST)}"
    known = customer.members.filter(kind=PartyKind.PERSON).order_by("pk").first()
    if known is not None:
        return known
    mail = f"{name.lower().replace(' ', '.')}.{customer.pk}@mail.example"
    return create_party(
        company_id=month.company.pk, user=month.people[Role.SUPPORT_AGENT], now=now, name=name, kind=PartyKind.PERSON,
        parent=customer, country=customer.country, owner_id=customer.owner_id, team_id=customer.team_id,
        contact_points=[{"kind": ContactKind.EMAIL, "value": mail}],
    )  # fmt: skip


def _talk(rng: random.Random, ticket: Ticket, agent: User, answers: str, until: dt.datetime) -> None:
    """A recent ticket: answered, perhaps waiting, perhaps with a new word of the customer on top."""
    answered_at = min(ticket.opened_at + dt.timedelta(minutes=rng.randint(5, 240)), until)
    then = AnswerThen.WAIT if rng.random() < 0.6 else AnswerThen.NOTHING
    # Nobody outside is to get mail because a demo was made.
    answer_ticket(ticket_id=ticket.pk, user=agent, now=answered_at, text=answers, then=then, mail=False)
    if rng.random() < 0.4:
        replied_at = min(answered_at + dt.timedelta(hours=rng.randint(1, 20)), until)
        record_customer_message(
            ticket_id=ticket.pk, user=None, now=replied_at, text="Thank you. When can we expect it?"
        )


def _settle(rng: random.Random, ticket: Ticket, agent: User, answers: str, solves: str, *, closes: bool) -> None:
    """An older ticket: answered within hours, solved within days, mostly closed a week later."""
    acting: dict[str, Any] = {"ticket_id": ticket.pk, "user": agent}
    answered_at = ticket.opened_at + dt.timedelta(minutes=rng.randint(5, 600))
    answer_ticket(now=answered_at, text=answers, then=AnswerThen.WAIT, mail=False, **acting)
    if rng.random() < 0.3:
        add_ticket_note(now=answered_at, text="Ask the warehouse before it is promised again.", **acting)
    if rng.random() < 0.5:
        replied_at = answered_at + dt.timedelta(hours=rng.randint(1, 30))
        record_customer_message(ticket_id=ticket.pk, user=None, now=replied_at, text="Thank you, that helps.")
    resolved_at = answered_at + dt.timedelta(hours=rng.randint(31, 90))
    resolve_ticket(now=resolved_at, resolution=solves, **acting)
    if closes:
        close_ticket(now=resolved_at + dt.timedelta(days=4), **acting)
