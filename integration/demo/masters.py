"""What the demo company trades in and with: taxes, items, suppliers, customers."""

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.access.models import User
from core.catalog.enums import NoTaxReason, TaxDirection
from core.catalog.models import Item, ItemCategory, Tax, TaxRule, TaxSet, Unit
from core.company.models import Company, Team
from core.parties.enums import ContactKind, PartyKind
from core.parties.models import Party, PaymentTerm, PaymentTermLine
from core.parties.operations import create_party
from crm.pipeline.enums import ReasonKind
from crm.pipeline.models import CloseReason
from integration.demo import words

TERM, TERM_DAYS = "30 days net", 30


@dataclass(frozen=True, slots=True)
class Masters:
    """Everything trading needs, read once."""

    items: list[Item]
    customers: list[Party]
    suppliers: list[Party]
    term: PaymentTerm
    team_id: int
    lost_reasons: list[CloseReason]


@dataclass(frozen=True, slots=True)
class Size:
    """How many of what. Of the customers six in ten are there from the beginning, the others come in as leads."""

    scale: Decimal = Decimal(1)
    items: int = 120
    suppliers: int = 12
    customers: int = 200
    leads_a_month: int = 11
    deals_a_month: int = 14
    orders_a_month: int = 10

    def times(self, scale: Decimal) -> "Size":
        """The same company, smaller or larger; never empty."""
        counts = (
            max(2, int(number * scale))
            for number in (
                self.items, self.suppliers, self.customers, self.leads_a_month, self.deals_a_month, self.orders_a_month
            )
        )  # fmt: skip
        return Size(scale, *counts)


def make_masters(company: Company, size: Size, *, seed: int, owner: User, now: dt.datetime) -> None:
    """Write the master data; all of it comes from the seed."""
    rng = random.Random(f"{seed}:masters")  # noqa: S311 - not for secrets
    _make_taxes(company)
    term = _make_term(company)
    suppliers = [
        _party(company, rng, f"supplier:{number}", owner, now, is_supplier=True, payment_term=term)
        for number in range(size.suppliers)
    ]
    _make_items(company, size.items, suppliers, rng)
    team = Team.objects.filter(company=company).first()
    values = {"is_customer": True, "payment_term": term, "owner": owner, "team": team}
    for number in range(size.customers):
        _party(company, rng, f"customer:{number}", owner, now, **values)


def read_masters(company: Company) -> Masters:
    """What there is by now: customers come in with time, the first of them buy most."""
    return Masters(
        items=list(Item.objects.filter(company=company).order_by("sku")),
        customers=list(Party.objects.filter(company=company, is_customer=True).order_by("pk")),
        suppliers=list(Party.objects.filter(company=company, is_supplier=True).order_by("pk")),
        term=PaymentTerm.objects.get(company=company, name=TERM),
        team_id=Team.objects.filter(company=company).values_list("pk", flat=True)[0],
        lost_reasons=list(CloseReason.objects.filter(company=company, kind=ReasonKind.LOST).order_by("pk")),
    )


def _make_taxes(company: Company) -> None:
    """19 % at home, nothing abroad: the customer or we ourselves pay the tax there."""
    for direction in TaxDirection.values:
        letter = direction[0].upper()
        for code, name, rate, category, country in (
            (f"VAT19-{letter}", "VAT 19 %", Decimal(19), "S", company.country),
            (f"VAT0-{letter}", "VAT 0 % abroad", Decimal(0), "K", ""),
        ):
            tax = Tax.objects.create(
                company=company, code=code, name=name, rate=rate, direction=direction, category_code=category,
                no_tax_reason="" if rate else NoTaxReason.REVERSE_CHARGE,
            )  # fmt: skip
            tax_set = TaxSet.objects.create(company=company, name=name, direction=direction)
            tax_set.taxes.add(tax)
            TaxRule.objects.create(company=company, direction=direction, tax_set=tax_set, country=country)


def _make_term(company: Company) -> PaymentTerm:
    term = PaymentTerm.objects.create(company=company, name=TERM)
    PaymentTermLine.objects.create(company=company, term=term, percent=Decimal(100), days=TERM_DAYS)
    return term


def _party(company: Company, rng: random.Random, key: str, user: User, now: dt.datetime, **values: Any) -> Party:
    country = "DE" if rng.random() < 0.6 else rng.choice(sorted(words.SUFFIXES))
    place, last, trade = rng.choice(words.PLACES), rng.choice(words.LAST), rng.choice(words.TRADES)
    name, street = f"{place} {last} {trade} {words.SUFFIXES[country]}", rng.choice(words.STREETS)
    if rng.random() < 0.06:
        country, name = "CN", f"{rng.choice(words.CHINESE)}{rng.choice(words.CHINESE_TRADES)}"
    city, code = rng.choice(words.CITIES[country])
    address = {"street": f"{street} {rng.randint(1, 140)}", "postal_code": code, "city": city, "country": country}
    points = [{"kind": ContactKind.EMAIL, "value": f"office@{place}-{last}.example".lower(), "is_primary": True}]
    if country == "DE":
        # A block of numbers that is kept free for stories.
        points.append({"kind": ContactKind.PHONE, "value": f"+49 30 23125 {rng.randint(100, 999)}", "is_primary": True})
    return create_party(
        company_id=company.pk, user=user, now=now, name=name, kind=PartyKind.ORGANISATION, country=country,
        external_id=f"demo:{key}", addresses=[address], contact_points=points, **values,
    )  # fmt: skip


def _make_items(company: Company, count: int, suppliers: list[Party], rng: random.Random) -> None:
    unit = Unit.objects.filter(company=company).earliest("pk")
    kinds = [(category, thing) for category, things in words.THINGS.items() for thing in things]
    categories = {name: ItemCategory.objects.create(company=company, name=name) for name in words.THINGS}
    for number in range(count):
        category, thing = kinds[number % len(kinds)]
        material = words.MATERIALS[number // len(kinds) % len(words.MATERIALS)]
        low, high = words.COSTS[category]
        cost = Decimal(rng.randint(low, high))
        price = (cost * Decimal(rng.randint(142, 172)) / 100).quantize(Decimal(1)) - Decimal("0.10")
        Item.objects.create(
            company=company, sku=f"{words.CODES[category]}-{number + 101}", name=f"{material} {thing}", unit=unit,
            category=categories[category], cost=cost, list_price=price, reorder_point=Decimal(rng.randint(1, 3)),
            preferred_supplier=suppliers[number % len(suppliers)], external_id=f"demo:item:{number}",
        )  # fmt: skip
