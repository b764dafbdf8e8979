"""Supplier invoices and suppliers' credit notes: written, changed, posted, credited, set aside."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.documents.references import RecordRef
from erp.invoicing.credit_pricing import CreditLine
from erp.invoicing.enums import InvoiceKind
from erp.invoicing.errors import SupplierNumberError
from erp.invoicing.kinds import SUPPLIER
from erp.invoicing.models import SupplierInvoice
from erp.invoicing.operations.crediting import create_credit_note
from erp.invoicing.operations.drafts import GivenLines, cancel_draft, create_draft, update_draft
from erp.invoicing.operations.posting import post_invoice

if TYPE_CHECKING:
    from core.access.models import User


def create_supplier_invoice(
    *,
    company_id: int,
    party_id: int,
    document_date: dt.date,
    lines: GivenLines,
    user: "User | None",
    now: dt.datetime,
    supplier_number: str = "",
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
) -> SupplierInvoice:
    """Write a draft of a supplier invoice, or of a supplier's credit note for no particular invoice.

    Lines whose `source` is a receipt or purchase order line clear GRNI at posting, by the rules of purchasing.

    :raises SupplierNumberError: this supplier's number was entered before.
    :raises InvalidInputError: unknown party, item or currency, a line without item or quantity, due before its date.
    """
    values = {"kind": kind, "payment_term_id": payment_term_id, "due_date": due_date, "source": source}
    values |= {"owner_id": owner_id, "team_id": team_id, "external_id": external_id}
    with _unique_number(supplier_number):
        draft = create_draft(
            SUPPLIER,
            company_id=company_id,
            party_id=party_id,
            document_date=document_date,
            lines=lines,
            user=user,
            currency_code=currency_code,
            supplier_number=supplier_number.strip(),
            reference=reference,
            notes=notes,
            **values,  # type: ignore[arg-type]
        )
    return cast(SupplierInvoice, draft)


def update_supplier_invoice(
    *,
    supplier_invoice_id: int,
    user: "User | None",
    now: dt.datetime,
    lines: GivenLines | None = None,
    expected_version: int | None = None,
    **values: Any,
) -> SupplierInvoice:
    """Change a draft; `lines`, when given, replace all lines.

    :raises SupplierNumberError: this supplier's number was entered before.
    :raises ConflictError: somebody else changed it since `expected_version`.
    :raises InvoiceNotDraftError: it is posted or cancelled.
    """
    with _unique_number(values.get("supplier_number", "")):
        draft = update_draft(
            SUPPLIER, supplier_invoice_id, lines=lines, expected_version=expected_version, values=values
        )
    return cast(SupplierInvoice, draft)


def post_supplier_invoice(*, supplier_invoice_id: int, user: "User | None", now: dt.datetime) -> SupplierInvoice:
    """Post a draft (P2): own number, journal entry, one open item an instalment. Posting it again returns it.

    :raises SupplierNumberError: the supplier's number is missing.
    :raises DomainError: as `post_sales_invoice`.
    """
    return cast(SupplierInvoice, post_invoice(SUPPLIER, supplier_invoice_id, user=user, now=now))


def credit_supplier_invoice(
    *,
    supplier_invoice_id: int,
    supplier_number: str,
    document_date: dt.date,
    reason: str,
    user: "User | None",
    now: dt.datetime,
    lines: Iterable[CreditLine | Mapping[str, Any] | tuple[int, Decimal]] | None = None,
    source: RecordRef | None = None,
) -> SupplierInvoice:
    """A draft of the supplier's credit note for a posted invoice; see `credit_sales_invoice`.

    :raises SupplierNumberError: this supplier's number was entered before.
    """
    with _unique_number(supplier_number):
        note = create_credit_note(
            SUPPLIER,
            supplier_invoice_id,
            lines=lines,
            document_date=document_date,
            reason=reason,
            source=source,
            user=user,
            supplier_number=supplier_number.strip(),
        )
    return cast(SupplierInvoice, note)


def cancel_draft_supplier_invoice(
    *, supplier_invoice_id: int, user: "User | None", now: dt.datetime
) -> SupplierInvoice:
    """Set a draft aside for good. Cancelling it again returns it.

    :raises WrongStateError: it is posted.
    """
    return cast(SupplierInvoice, cancel_draft(SUPPLIER, supplier_invoice_id))


@contextmanager
def _unique_number(number: str) -> Iterator[None]:
    """Words the database's refusal of a supplier's number that was entered before."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "invoicing_supplier_number_once" not in str(error):
            raise
        raise SupplierNumberError(
            _("Invoice %(number)s of this supplier was entered before.") % {"number": number},
            code="supplier_number_twice",
            field="supplier_number",
            hint=_("Look it up in the list before you enter it again."),
        ) from error
