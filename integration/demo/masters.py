"""What the demo company trades in and with: taxes, items, suppliers, customers."""

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from core.access.models import User
from core.catalog.enums import TaxDirection
from core.catalog.models import Item, ItemCategory, Tax, TaxRule, TaxSet, Unit
from core.company.models import Company, Team
from core.parties.enums import ContactKind, PartyKind
from core.parties.models import Party, PaymentTerm, PaymentTermLine
from core.parties.operations import create_party
from integration.demo import words

CENT = Decimal("0.01")
TERM_DAYS = 30


@dataclass(frozen=True, slots=True)
class Masters:
    """Everything trading needs, read once."""

    items: list[Item]
    suppliers: list[Party]
    customers: list[Party]


@dataclass(frozen=True, slots=True)
class Size:
    """How many of what."""

    items: int = 120
    suppliers: int = 12
    customers: int = 300
    deals_a_month: int = 30

    def times(self, scale: Decimal) -> "Size":
        """The same company, smaller or larger; never empty."""
        grown = (max(2, int(number * scale)) for number in (self.items, self.suppliers, self.customers))
        items, suppliers, customers = grown
        return Size(items, suppliers, customers, max(2, int(self.deals_a_month * scale)))


def make_masters(company: Company, size: Size, *, seed: int, owner: User, now: dt.datetime) -> Masters:
    """Write the master data that is not there yet; all of it comes from the seed."""
    rng = random.Random(f"{seed}:masters")  # noqa: S311 - not for secrets
    with transaction.atomic():
        _make_taxes(company)
        term = _make_term(company)
        suppliers = [
            _party(company, rng, f"supplier:{number}", owner, now, is_supplier=True, payment_term=term)
            for number in range(size.suppliers)
        ]
        items = _make_items(company, size.items, suppliers, rng)
    customers = []
    team = Team.objects.filter(company=company).first()
    with transaction.atomic():
        for number in range(size.customers):
            values = {"is_customer": True, "payment_term": term, "owner": owner, "team": team}
            customers.append(_party(company, rng, f"customer:{number}", owner, now, **values))
    return Masters(items, suppliers, customers)


def _make_taxes(company: Company) -> None:
    for direction in TaxDirection.values:
        tax_set, new = TaxSet.objects.get_or_create(company=company, name="VAT 19 %", direction=direction)
        if new:
            code = f"VAT19-{direction[0].upper()}"
            tax_set.taxes.add(
                Tax.objects.create(company=company, code=code, name="VAT 19 %", rate=Decimal(19), direction=direction)
            )
            TaxRule.objects.create(company=company, direction=direction, tax_set=tax_set)


def _make_term(company: Company) -> PaymentTerm:
    term, new = PaymentTerm.objects.get_or_create(company=company, name="30 days net")
    if new:
        PaymentTermLine.objects.create(company=company, term=term, percent=Decimal(100), days=TERM_DAYS)
    return term


def _party(company: Company, rng: random.Random, key: str, user: User, now: dt.datetime, **values: Any) -> Party:
    """The party of this key; the draws are made in any case, so that a second run draws alike."""
    country = rng.choice(sorted(words.SUFFIXES))
    place, trade = rng.choice(words.PLACES), rng.choice(words.TRADES)
    number = int(key.rsplit(":", 1)[1])
    name = f"{place} {rng.choice(words.LAST)} {trade} {words.SUFFIXES[country]}"
    chinese = f"{rng.choice(words.CHINESE)}{rng.choice(words.CHINESE_TRADES)}"
    if rng.random() < 0.08:
        country, name = "CN", f"{chinese} {number}"
    house = rng.randint(1, 140)
    external_id = f"demo:{key}"
    found = Party.objects.filter(company=company, external_id=external_id).first()
    if found is not None:
        return found
    mail = f"office.{key.replace(':', '-')}@{place.lower()}.example"
    address = {"street": f"{place} street {house}", "city": words.CITIES.get(country, "海港市"), "country": country}
    return create_party(
        company_id=company.pk, user=user, now=now, name=name, kind=PartyKind.ORGANISATION, country=country,
        external_id=external_id, addresses=[address], contact_points=[{"kind": ContactKind.EMAIL, "value": mail}],
        **values,
    )  # fmt: skip


def _make_items(company: Company, count: int, suppliers: list[Party], rng: random.Random) -> list[Item]:
    unit, _new = Unit.objects.get_or_create(
        company=company, name="Piece", defaults={"symbol": "pc", "category": "count"}
    )
    kinds = [(category, thing) for category, things in words.THINGS.items() for thing in things]
    made = []
    for number in range(count):
        category_name, thing = kinds[number % len(kinds)]
        material = words.MATERIALS[number // len(kinds) % len(words.MATERIALS)]
        cost = Decimal(rng.randint(800, 24000)) * CENT
        price = (cost * Decimal(rng.randint(140, 210)) / 100).quantize(CENT)
        category, _new = ItemCategory.objects.get_or_create(company=company, name=category_name, parent=None)
        values = {
            "name": f"{material} {thing}", "unit": unit, "category": category, "cost": cost, "list_price": price,
            "preferred_supplier": suppliers[number % len(suppliers)], "reorder_point": Decimal(rng.randint(4, 12)),
            "external_id": f"demo:item:{number}",
        }  # fmt: skip
        made.append(Item.objects.get_or_create(company=company, sku=f"D-{number + 1:04d}", defaults=values)[0])
    return made
