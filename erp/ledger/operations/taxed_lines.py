"""From the lines of a manual entry to journal lines: taxes by the pricing engine, foreign amounts at the day's rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import cast

from core.catalog.errors import PricingError
from core.catalog.models import Tax
from core.catalog.pricing import LineInput, PricedLine, TaxSpec, price_document
from core.catalog.pricing.rounding import apportion, rounded
from core.catalog.queries import tax_specs
from core.catalog.totals import rounding_policy
from core.company.models import Company
from core.company.queries import exchange_rate
from core.errors import InvalidInputError
from erp.ledger.enums import AccountKey
from erp.ledger.models import ManualEntry, ManualEntryLine
from erp.ledger.posting import EntryLine
from erp.ledger.queries import AccountBook, accounts_for

ZERO, ONE = Decimal(0), Decimal(1)


def entry_lines(document: ManualEntry, company: Company) -> list[EntryLine]:
    """The journal lines that a manual entry stands for, in the company's currency.

    :raises InvalidInputError: what the pricing engine refuses.
    :raises NoPostingRuleError: a tax has no account. :raises NoRateError: no exchange rate is known.
    """
    lines = list(document.lines.all())
    taxed = list(_with_taxes(document, lines, company))
    if document.currency_id == company.currency_id:
        return taxed
    rate = exchange_rate(company, document.currency_id, document.document_date)
    return _converted(taxed, document.currency_id, rate, company.currency.quantum)


def _with_taxes(document: ManualEntry, lines: Sequence[ManualEntryLine], company: Company) -> Iterable[EntryLine]:
    specs = tax_specs(line.tax_set_id for line in lines if line.tax_set_id)
    directions = _directions(specs.values())
    book = accounts_for(company.pk, (AccountKey.OUTPUT_TAX, AccountKey.INPUT_TAX)) if specs else AccountBook()
    try:
        priced = price_document(
            [
                LineInput(
                    quantity=ONE if line.amount >= 0 else -ONE,
                    unit_price=abs(line.amount),
                    taxes=specs.get(line.tax_set_id or 0, ()),
                )
                for line in lines
            ],
            rounding_policy(company, document.currency),
        )
    except PricingError as error:
        raise InvalidInputError(str(error), code=error.code, field="lines") from error
    for line, result in zip(lines, priced.lines, strict=True):
        yield EntryLine.signed(line.account_id, result.net, party_id=line.party_id, description=line.description)
        yield from _tax_lines(result, book, directions)


def _directions(specs: Iterable[tuple[TaxSpec, ...]]) -> dict[int, str]:
    """The direction of every tax in the sets, groups opened."""
    keys = {key for taxes in specs for tax in taxes for key in _keys(tax)}
    return dict(Tax.objects.filter(pk__in=keys).values_list("pk", "direction")) if keys else {}


def _keys(tax: TaxSpec) -> Iterable[int]:
    """A tax's own key, which the catalog puts where the engine carries it through, and those of its parts."""
    yield cast(int, tax.account_key)
    for child in tax.children:
        yield from _keys(child)


def _tax_lines(result: PricedLine, book: AccountBook, directions: Mapping[int, str]) -> Iterable[EntryLine]:
    for applied in result.taxes:
        tax_id = cast(int, applied.tax.account_key)
        account_id = book.tax_account_id(tax_id, directions[tax_id])
        yield EntryLine.signed(account_id, applied.amount, tax_id=tax_id, tax_base=applied.base)


def _converted(lines: Sequence[EntryLine], code: str, rate: Decimal, quantum: Decimal) -> list[EntryLine]:
    """The lines in the company's currency. Each side is rounded as a whole and its cents are shared by largest
    remainder, so that an entry that balances in its currency balances here too."""
    amounts: dict[int, Decimal] = {}
    for sign in (1, -1):
        side = [place for place, line in enumerate(lines) if line.amount * sign > 0]
        exact = [abs(lines[place].amount) * rate for place in side]
        shares = apportion(exact, rounded(sum(exact, ZERO), quantum), quantum)
        amounts |= {place: share * sign for place, share in zip(side, shares, strict=True)}
    done = []
    for place, line in enumerate(lines):
        amount = amounts.get(place, ZERO)
        base = None if line.tax_base is None else rounded(line.tax_base * rate, quantum)
        done.append(
            replace(
                line,
                debit=max(amount, ZERO),
                credit=max(-amount, ZERO),
                tax_base=base,
                currency_code=code,
                currency_amount=line.amount,
            )
        )
    return done
