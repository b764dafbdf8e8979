"""Prices and taxes that apply, read set by set: one query a table, however many lines a document has."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.catalog.enums import PriceBasis, TaxDirection, TaxKindChoice
from core.catalog.models import Item, ItemCategory, PriceList, PriceRule, Tax, TaxRule, TaxSet
from core.catalog.pricing import (
    FixedPrice,
    ItemPricing,
    ListDiscount,
    PartyPricing,
    PriceEnding,
    PriceFormula,
    ResolvedPrice,
    TaxKind,
    TaxSpec,
    resolve_price,
)
from core.catalog.pricing import PriceRule as RuleValue
from core.catalog.pricing.price_rules import PriceBase, PriceMethod
from core.company.models import Company
from core.company.queries import exchange_rate
from core.parties.models import Party

PRICE_DECIMALS = 4
"""Decimals of a unit price that a rule or an exchange rate computes."""


def tax_specs(tax_set_ids: Iterable[int]) -> dict[int, tuple[TaxSpec, ...]]:
    """The engine's view of tax sets: id → taxes. `account_key` of every tax is its primary key."""
    wanted = sorted({key for key in tax_set_ids if key is not None})
    if not wanted:
        return {}
    links = TaxSet.taxes.through.objects.filter(taxset_id__in=wanted).select_related("tax")
    by_set: dict[int, list[int]] = {key: [] for key in wanted}
    found: dict[int, Tax] = {}
    for link in links:
        by_set[link.taxset_id].append(link.tax_id)
        found[link.tax_id] = link.tax
    taxes = _specs_of(found)
    return {key: tuple(sorted((taxes[i] for i in ids), key=_order)) for key, ids in by_set.items()}


def _order(spec: TaxSpec) -> tuple[int, str]:
    return (spec.sequence, spec.code)


def _specs_of(found: Mapping[int, Tax]) -> dict[int, TaxSpec]:
    """Specs of taxes; groups bring their children, level by level (nesting is rare and shallow)."""
    taxes = dict(found)
    children: dict[int, list[int]] = {}
    level: Mapping[int, Tax] = found
    while groups := [key for key, tax in level.items() if tax.kind == TaxKindChoice.GROUP and key not in children]:
        links = Tax.children.through.objects.filter(from_tax_id__in=groups).select_related("to_tax")
        level = {}
        for link in links:
            children.setdefault(link.from_tax_id, []).append(link.to_tax_id)
            level[link.to_tax_id] = link.to_tax
        taxes.update(level)
    return {key: _spec(key, taxes, children) for key in found}


def _spec(key: int, taxes: Mapping[int, Tax], children: Mapping[int, Sequence[int]]) -> TaxSpec:
    tax = taxes[key]
    if tax.kind == TaxKindChoice.GROUP:
        parts = tuple(_spec(child, taxes, children) for child in children.get(key, ()))
        return TaxSpec(
            code=tax.code, kind=TaxKind.GROUP, sequence=tax.sequence, account_key=tax.pk,
            children=tuple(sorted(parts, key=_order)),
        )  # fmt: skip
    return TaxSpec(
        code=tax.code,
        kind=TaxKind(tax.kind),
        rate=tax.rate,
        amount=tax.unit_amount,
        price_included=tax.price_included,
        affects_base=tax.affects_base,
        sequence=tax.sequence,
        category_code=tax.category_code,
        account_key=tax.pk,
        name=tax.name,
    )


def tax_sets_for(
    *, company: Company, direction: TaxDirection | str, party: Party | None, items: Iterable[Item]
) -> dict[int, int | None]:
    """Item id → tax set that the tax rules give it: the most specific rule wins.

    Specific means, in this order: the party's country named, the party's group named, the tax category named; then the
    higher priority, then the older rule. A customer whose country nobody has entered is taxed as one at home, for tax
    that was charged too much can be given back, and none at all is owed by us; no tax is claimed back for a supplier
    who may not have charged any.
    """
    country = party.country if party else ""
    if not country and direction == TaxDirection.SALE:
        country = company.country
    group_id = party.group_id if party else None
    fits = Q(company=company, direction=direction) & (Q(country="") | Q(country=country))
    fits &= Q(group=None) | Q(group_id=group_id)
    rules = sorted(
        TaxRule.objects.filter(fits).order_by(),
        key=lambda r: (bool(r.country), r.group_id is not None, r.tax_category_id is not None, r.priority, -r.pk),
        reverse=True,
    )
    return {
        item.pk: next((r.tax_set_id for r in rules if r.tax_category_id in (None, item.tax_category_id)), None)
        for item in items
    }


def sale_prices(
    *,
    company: Company,
    party: Party | None,
    wanted: Mapping[Item, Decimal],
    on: dt.date,
    currency_code: str,
) -> dict[int, ResolvedPrice]:
    """Item id → price for the quantity asked, with the reason ("why this price").

    An item without any price answers 0 rather than stopping the user: the line then asks for one.
    """
    rules = list(_rules(company, party, wanted, on))
    paths = _category_paths(company.pk) if any(rule.category is not None for rule in rules) else {}
    who = PartyPricing(
        customer=party.pk if party else None, groups=(party.group_id,) if party and party.group_id else ()
    )
    is_foreign = currency_code != company.currency_id
    rate = Decimal(1) / exchange_rate(company, currency_code, on) if is_foreign else None
    found = {}
    for item, quantity in wanted.items():
        pricing = ItemPricing(
            item=item.pk,
            currency=company.currency_id,
            categories=paths.get(item.category_id or 0, (item.category_id,) if item.category_id else ()),
            list_price=item.list_price,
            cost=item.cost,
        )
        found[item.pk] = resolve_price(
            pricing, who, abs(quantity), on, rules, currency=currency_code, currency_rate=rate, decimals=PRICE_DECIMALS
        )
    return found


def _rules(company: Company, party: Party | None, wanted: Mapping[Item, Decimal], on: dt.date) -> Iterable[RuleValue]:
    """The rules of the lists that serve the party, as values."""
    lists = {price_list.pk: price_list for price_list in _serving_lists(company, party)}
    if not lists:
        return
    in_time = (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_to=None) | Q(valid_to__gte=on))
    about = Q(item=None) | Q(item__in=[item.pk for item in wanted])
    for row in PriceRule.objects.filter(in_time, about, company=company, price_list__in=lists):
        price_list = lists[row.price_list_id]
        yield RuleValue(
            key=f"{row.pk:012d}",
            method=_method(row),
            item=row.item_id,
            category=row.category_id if row.item_id is None else None,
            customer=party.pk if party and price_list.names_party else None,
            group=party.group_id if party and price_list.names_group and not price_list.names_party else None,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            min_quantity=row.min_quantity,
            currency=price_list.currency_id,
            priority=price_list.priority,
        )


def _serving_lists(company: Company, party: Party | None) -> QuerySet[Any]:
    """Active price lists that name the party, its group, or nobody in particular."""
    for_party = PriceList.parties.through.objects.filter(pricelist=OuterRef("pk"))
    for_group = PriceList.groups.through.objects.filter(pricelist=OuterRef("pk"))
    return (
        PriceList.objects.filter(company=company, active=True)
        .annotate(
            names_party=Exists(for_party.filter(party=party.pk if party else None)),
            names_group=Exists(for_group.filter(partygroup=party.group_id if party else None)),
        )
        .filter(Q(names_party=True) | Q(names_group=True) | (~Exists(for_party) & ~Exists(for_group)))
        .order_by()
    )


def _method(row: PriceRule) -> PriceMethod:
    if row.basis == PriceBasis.FIXED:
        return FixedPrice(row.amount)
    if row.basis == PriceBasis.DISCOUNT:
        return ListDiscount(row.amount)
    base = PriceBase.COST if row.basis == PriceBasis.COST_FORMULA else PriceBase.LIST
    ending = PriceEnding(step=row.round_to, ending=row.round_ending or Decimal(0)) if row.round_to else None
    return PriceFormula(base=base, markup_percent=row.amount, ending=ending, min_margin_percent=row.min_margin_percent)


def _category_paths(company_id: int) -> dict[int, tuple[int, ...]]:
    """Category → itself and its ancestors, nearest first."""
    parents = dict(ItemCategory.objects.filter(company_id=company_id).values_list("pk", "parent_id"))
    paths: dict[int, tuple[int, ...]] = {}
    for key in parents:
        path: list[int] = []
        node: int | None = key
        while node is not None and node not in path:
            path.append(node)
            node = parents.get(node)
        paths[key] = tuple(path)
    return paths
