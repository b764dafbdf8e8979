"""What banking does when an invoice is posted: say to which of our accounts the customer pays."""

from typing import Any

from django.db.models import Case, Value, When

from erp.banking.enums import CashAccountKind
from erp.banking.models import CashAccount
from erp.invoicing.consequences import sales_invoice_posting
from erp.invoicing.entries import EntryDraft, PayTo
from erp.invoicing.models import SalesInvoice


def connect() -> None:
    """Register what this app does at the points of lower apps. Called once, when Django starts."""
    sales_invoice_posting.register(name_account)


def name_account(*, invoice: SalesInvoice, entry: EntryDraft, **_given: Any) -> None:
    """The bank account in the invoice's currency, else another one of ours; the default before the others."""
    if invoice.is_credit_note:
        return
    ours = CashAccount.objects.filter(company_id=invoice.company_id, kind=CashAccountKind.BANK, active=True)
    same = Case(When(currency=invoice.currency_id, then=Value(0)), default=Value(1))
    found = ours.exclude(iban="").order_by(same, "-is_default", "pk").first()
    if found is not None:
        entry.pay_to = PayTo(found.bank_name, found.iban, found.bic)
