"""What the accountant enters by hand: the opening, the running costs of every month, the tax return."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from core.access.enums import Role
from erp.inventory.queries import stock_values
from erp.ledger.models import Account
from erp.ledger.operations import create_manual_entry, post_manual_entry, post_opening_balances
from erp.ledger.queries import account_balance
from integration.demo.month import Month

CENT = Decimal("0.01")
BANK, EQUIPMENT, WEAR, LOAN = "1010", "1460", "1470", "2300"
CAPITAL, RESERVES, OPENING = "3000", "3020", "3900"
INPUT_TAX, OUTPUT_TAX = "1300", "2100"
# Of a company of usual size, a month: account → amount. Wages and rent do not follow the season.
FIXED = {"6010": 19400, "6020": 4100, "6030": 3600, "6040": 520, "6060": 240, "6110": 380, "6120": 650, "6130": 720}
MOVING = {"6080": 1500, "6100": 1250, "6050": 210, "6070": 480}
DEPRECIATION, INTEREST, REPAYMENT = 950, 240, 1000


def open_book(month: Month) -> None:
    """Money, equipment and a loan to begin with; what the owners have put in stands as capital and reserves."""
    accounts = _accounts(month)
    sized = {BANK: 160000, EQUIPMENT: 57000, LOAN: -90000}
    balances = {accounts[code]: _sized(month, amount) for code, amount in sized.items()}
    keeper, now = month.people[Role.ACCOUNTANT], month.at(month.first, 8)
    post_opening_balances(
        company_id=month.company.pk, on=month.first, balances=balances, external_id="demo:balances",
        user=keeper, now=now,
    )  # fmt: skip
    goods = stock_values(company_id=month.company.pk, as_of=month.first)
    worth = sum(balances.values(), Decimal(0)) + sum((each.value for each in goods.values()), Decimal(0))
    capital = (worth * Decimal("0.6")).quantize(Decimal("1E3"))
    capital = capital if 0 < capital < worth else worth
    _post(month, month.first, "Capital and reserves at the opening",
          {OPENING: worth, CAPITAL: -capital, RESERVES: capital - worth})  # fmt: skip


def keep_book(month: Month) -> None:
    """The entries whose day falls into this part: tax return on the 10th, wages on the 25th, costs on the 28th."""
    if _falls(month, 10):
        _return_tax(month, month.first + dt.timedelta(days=9))
    if _falls(month, 25):
        wages = _costs(month, {code: FIXED[code] for code in ("6010", "6020")}, steady=True)
        _post(month, month.first + dt.timedelta(days=24), f"Wages of {month.first:%B %Y}", wages)
    if _falls(month, 28):
        rest = {code: amount for code, amount in FIXED.items() if code not in ("6010", "6020")}
        lines = _costs(month, rest, steady=True)
        for code, amount in _costs(month, MOVING, steady=False).items():
            lines[code] = lines.get(code, Decimal(0)) + amount
        loan = {"7000": _sized(month, INTEREST), LOAN: _sized(month, REPAYMENT)}
        wear = _sized(month, DEPRECIATION)
        lines |= loan | {"6200": wear, WEAR: -wear}
        lines[BANK] -= sum(loan.values(), Decimal(0))
        _post(month, month.first + dt.timedelta(days=27), f"Running costs of {month.first:%B %Y}", lines)


def _falls(month: Month, number: int) -> bool:
    day = month.first + dt.timedelta(days=number - 1)
    return month.start <= day <= month.last


def _sized(month: Month, amount: int) -> Decimal:
    return (Decimal(amount) * month.size.scale).quantize(CENT)


def _costs(month: Month, amounts: Mapping[str, int], *, steady: bool) -> dict[str, Decimal]:
    """The costs of the month and the bank against them. Steady ones rise a little every year, others with business."""
    rng = month.rng("costs")
    pace = Decimal(100 + 3 * (month.number // 12)) / 100 if steady else month.pace
    lines: dict[str, Decimal] = {}
    for code, amount in amounts.items():
        spread = Decimal(1) if steady else Decimal(rng.randint(85, 118)) / 100
        lines[code] = (_sized(month, amount) * pace * spread).quantize(CENT)
    lines[BANK] = -sum(lines.values(), Decimal(0))
    return lines


def _return_tax(month: Month, day: dt.date) -> None:
    """Pay the tax of the months before, as far as it is more than what suppliers charged."""
    accounts = _accounts(month)
    until = month.first - dt.timedelta(days=1)
    due = {
        code: account_balance(company_id=month.company.pk, account_id=accounts[code], as_of=until)
        for code in (OUTPUT_TAX, INPUT_TAX)
    }
    if any(due.values()):
        lines = {code: -amount for code, amount in due.items() if amount}
        lines[BANK] = sum(due.values(), Decimal(0))
        _post(month, day, f"VAT return of {until:%B %Y}", lines)


def _accounts(month: Month) -> dict[str, int]:
    return dict(Account.objects.filter(company=month.company).values_list("code", "pk"))


def _post(month: Month, day: dt.date, description: str, amounts: Mapping[str, Decimal]) -> None:
    """One entry of these amounts, debit positive."""
    accounts = _accounts(month)
    lines = [
        {"account_id": accounts[code], "debit": max(amount, Decimal(0)), "credit": max(-amount, Decimal(0))}
        for code, amount in amounts.items()
        if amount
    ]
    keeper, now = month.people[Role.ACCOUNTANT], month.at(day, 16)
    entry = create_manual_entry(
        company_id=month.company.pk, document_date=day, lines=lines, description=description, user=keeper, now=now
    )
    post_manual_entry(manual_entry_id=entry.pk, user=keeper, now=now)
