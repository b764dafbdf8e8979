"""Sales invoices and credit notes: written, changed, posted, credited, set aside."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from core.documents.references import RecordRef
from erp.invoicing.credit_pricing import CreditLine
from erp.invoicing.enums import InvoiceKind
from erp.invoicing.kinds import SALES
from erp.invoicing.models import SalesInvoice
from erp.invoicing.operations.crediting import create_credit_note
from erp.invoicing.operations.drafts import GivenLines, cancel_draft, create_draft, update_draft
from erp.invoicing.operations.posting import post_invoice

if TYPE_CHECKING:
    from core.access.models import User


def create_sales_invoice(
    *,
    company_id: int,
    party_id: int,
    document_date: dt.date,
    lines: GivenLines,
    user: "User | None",
    now: dt.datetime,
    kind: str = InvoiceKind.INVOICE,
    payment_term_id: int | None = None,
    due_date: dt.date | None = None,
    source: RecordRef | None = None,
    currency_code: str | None = None,
    owner_id: int | None = None,
    team_id: int | None = None,
    external_id: str = "",
    reference: str = "",
    notes: str = "",
) -> SalesInvoice:
    """Write a draft of a sales invoice, or of a credit note that credits no particular invoice.

    A line with a `source` continues another document's line and is taken as it is; any other is completed from its
    item: description, unit, price and taxes. Payment term, currency, owner and team default to the party's.

    :raises InvalidInputError: unknown party, item or currency, a line without item or quantity, due before its date.
    """
    values = {"kind": kind, "payment_term_id": payment_term_id, "due_date": due_date, "source": source}
    values |= {"owner_id": owner_id, "team_id": team_id, "external_id": external_id}
    draft = create_draft(
        SALES,
        company_id=company_id,
        party_id=party_id,
        document_date=document_date,
        lines=lines,
        user=user,
        currency_code=currency_code,
        reference=reference,
        notes=notes,
        **values,  # type: ignore[arg-type]
    )
    return cast(SalesInvoice, draft)


def update_sales_invoice(
    *,
    sales_invoice_id: int,
    user: "User | None",
    now: dt.datetime,
    lines: GivenLines | None = None,
    expected_version: int | None = None,
    **values: Any,
) -> SalesInvoice:
    """Change a draft; `lines`, when given, replace all lines. On a credit note for an invoice only quantities change.

    :raises ConflictError: somebody else changed it since `expected_version`.
    :raises InvoiceNotDraftError: it is posted or cancelled.
    """
    draft = update_draft(SALES, sales_invoice_id, lines=lines, expected_version=expected_version, values=values)
    return cast(SalesInvoice, draft)


def post_sales_invoice(*, sales_invoice_id: int, user: "User | None", now: dt.datetime) -> SalesInvoice:
    """Post a draft (P4, for a credit note P6): number, journal entry, one open item an instalment, frozen paper. A
    credit note for an invoice is allocated against what that has open. Posting it again returns it, writing nothing.

    :raises WrongStateError: it is cancelled.
    :raises EmptyInvoiceError: it has no lines. :raises NegativeTotalError: its total is below zero.
    :raises CreditExceedsInvoiceError: it credits more than its invoice has left.
    :raises PaymentTermError: the payment term's shares are not 100 %.
    :raises NumberOrderError: a later month has numbers already. :raises NoRateError: no exchange rate of the day.
    :raises PeriodClosedError, NoPeriodError, NoPostingRuleError, InactiveAccountError: as the ledger refuses.
    """
    return cast(SalesInvoice, post_invoice(SALES, sales_invoice_id, user=user, now=now))


def credit_sales_invoice(
    *,
    sales_invoice_id: int,
    document_date: dt.date,
    reason: str,
    user: "User | None",
    now: dt.datetime,
    lines: Iterable[CreditLine | Mapping[str, Any] | tuple[int, Decimal]] | None = None,
    source: RecordRef | None = None,
) -> SalesInvoice:
    """A draft credit note for a posted invoice: the lines and quantities given, or everything not credited yet. Its net
    and tax are parts of the invoice's own, so all credit notes together never exceed it.

    :raises WrongStateError: the invoice is not posted, or is a credit note.
    :raises InvalidInputError: no reason, dated before the invoice, a line of another invoice.
    :raises CreditExceedsInvoiceError: more than is left of a line, or nothing is left at all.
    """
    note = create_credit_note(
        SALES,
        sales_invoice_id,
        lines=lines,
        document_date=document_date,
        reason=reason,
        source=source,
        user=user,
    )
    return cast(SalesInvoice, note)


def cancel_draft_sales_invoice(*, sales_invoice_id: int, user: "User | None", now: dt.datetime) -> SalesInvoice:
    """Set a draft aside for good. Cancelling it again returns it.

    :raises WrongStateError: it is posted.
    """
    return cast(SalesInvoice, cancel_draft(SALES, sales_invoice_id))
