"""Payments of a company that invoices."""

import datetime as dt
from decimal import Decimal
from typing import Any

import factory

from core.documents.references import RecordRef
from erp.banking.models import CashAccount, Payment
from erp.banking.operations import receive_payment, send_payment
from tests.factories.company import CompanyFactory, currency
from tests.factories.invoicing import DAY, Trade
from tests.factories.ledger import NOW, AccountFactory
from tests.factories.parties import PartyFactory


class CashAccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CashAccount

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Bank {n}")
    account = factory.SubFactory(AccountFactory, kind="bank_cash", company=factory.SelfAttribute("..company"))
    currency = factory.LazyFunction(currency)


class PaymentFactory(factory.django.DjangoModelFactory):
    """A bare draft, for tests of screens."""

    class Meta:
        model = Payment

    company = factory.SubFactory(CompanyFactory)
    party = factory.SubFactory(PartyFactory, company=factory.SelfAttribute("..company"))
    cash_account = factory.SubFactory(CashAccountFactory, company=factory.SelfAttribute("..company"))
    currency = factory.SelfAttribute("cash_account.currency")
    side = "receivable"
    amount = Decimal(100)
    document_date = DAY


def _targets(allocations: Any) -> Any:
    if allocations is None:
        return None
    return [(RecordRef.of(document), Decimal(amount)) for document, amount in allocations]


def receive(trade: Trade, amount: Any, *allocations: Any, on: dt.date = DAY, **extra: Any) -> Payment:
    """Money from the customer for the (document, amount) pairs given; the rest stays on account."""
    return receive_payment(
        company_id=trade.company.pk,
        party_id=trade.customer.pk,
        amount=Decimal(amount),
        payment_date=on,
        allocations=_targets(allocations),
        user=None,
        now=NOW,
        **extra,
    )


def send(trade: Trade, amount: Any, *allocations: Any, on: dt.date = DAY, **extra: Any) -> Payment:
    """Money to the supplier, or back to the customer with `side="receivable"`."""
    party = trade.customer if extra.get("side") == "receivable" else trade.supplier
    return send_payment(
        company_id=trade.company.pk,
        party_id=party.pk,
        amount=Decimal(amount),
        payment_date=on,
        allocations=_targets(allocations),
        user=None,
        now=NOW,
        **extra,
    )
