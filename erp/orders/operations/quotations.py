"""Writing quotations: the first draft, its changes, and new versions of what was sent."""

import datetime as dt
from decimal import Decimal
from typing import Any, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from core.access.models import User
from core.company.queries import local_date
from core.documents.records import lock_record
from core.documents.references import RecordRef
from core.errors import InvalidInputError, WrongStateError
from erp.orders.enums import QUOTATION_STATES, QuotationStatus
from erp.orders.models import Quotation, QuotationLine
from erp.orders.operations.drafting import (
    Lines,
    SaleHeader,
    as_data,
    attach,
    changed_values,
    currency_for,
    head_values,
    keep_sources,
    price_draft,
    read_company,
    read_party,
)

VALID_DAYS = 30


def create_quotation(
    *,
    company_id: int,
    party_id: int,
    lines: Lines,
    user: User | None,
    now: dt.datetime,
    document_date: dt.date | None = None,
    valid_until: dt.date | None = None,
    source: RecordRef | None = None,
    external_id: str = "",
    **header: Unpack[SaleHeader],
) -> Quotation:
    """Write a draft quotation. Prices and taxes that are left out come from price lists and tax rules.

    :param valid_until: last day of validity; 30 days after its date when left out.
    :raises InvalidInputError: no such customer, a line that cannot be priced, a validity that ends before it starts.
    """
    with transaction.atomic():
        party = read_party(company_id, party_id)
        company = party.company
        day = document_date or local_date(company, now)
        draft = price_draft(
            QuotationLine,
            lines,
            company=company,
            party=party,
            on=day,
            currency=currency_for(company, party, header.get("currency_id")),
            freight_amount=header.get("freight_amount"),
            freight_tax_set_id=header.get("freight_tax_set_id"),
        )
        quotation = Quotation(
            company=company,
            party=party,
            document_date=day,
            valid_until=_validity(day, valid_until),
            currency=draft.currency,
            external_id=external_id,
            created_by=user,
            **head_values(party, user, header),
        )
        quotation.source = source
        quotation.take_totals(draft.priced)
        quotation.save(force_insert=True)
        attach(quotation, draft.lines, "quotation")
    return quotation


def update_quotation(
    *,
    quotation_id: int,
    user: User | None,
    now: dt.datetime,
    expected_version: int | None = None,
    party_id: int | None = None,
    document_date: dt.date | None = None,
    valid_until: dt.date | None = None,
    lines: Lines | None = None,
    **header: Unpack[SaleHeader],
) -> Quotation:
    """Change a draft. Lines that are given replace the stored ones; amounts are computed anew.

    :raises WrongStateError: it has been sent; make a new version of it.
    :raises ConflictError: somebody else changed it.
    """
    with transaction.atomic():
        quotation = lock_record(Quotation, quotation_id, expected_version=expected_version)
        if quotation.status != QuotationStatus.DRAFT:
            raise WrongStateError(
                _("%(quotation)s has been sent and can no longer be changed.") % {"quotation": quotation},
                hint=_("Make a new version of it."),
            )
        party = read_party(quotation.company_id, party_id or quotation.party_id)
        company = party.company
        stored = list(QuotationLine.objects.filter(quotation=quotation))
        quotation.document_date = document_date or quotation.document_date
        quotation.valid_until = _validity(quotation.document_date, valid_until or quotation.valid_until)
        draft = price_draft(
            QuotationLine,
            _kept(stored) if lines is None else keep_sources(lines, stored),
            company=company,
            party=party,
            on=quotation.document_date,
            currency=currency_for(company, party, header.get("currency_id") or quotation.currency_id),
            freight_amount=freight_of(quotation, header),
            freight_tax_set_id=header.get("freight_tax_set_id"),
        )
        rewrite_head(quotation, draft, header)
        QuotationLine.objects.filter(quotation=quotation).delete()
        attach(quotation, draft.lines, "quotation")
    return quotation


def _kept(stored: list[QuotationLine]) -> list[Any]:
    return [as_data(line) for line in stored if not line.is_freight]


def freight_of(document: Any, header: SaleHeader) -> Decimal | None:
    """The freight asked for, else what the document has."""
    return header.get("freight_amount", document.freight_amount)


def rewrite_head(document: Any, draft: Any, header: SaleHeader) -> None:
    """Carry a changed draft's party, currency, totals and named columns onto its stored head."""
    document.party, document.currency = draft.party, draft.currency
    document.freight_amount = freight_of(document, header) or Decimal(0)
    for name, value in changed_values(header).items():
        setattr(document, name, value)
    document.take_totals(draft.priced)
    document.version += 1
    document.save()


def revise_quotation(*, quotation_id: int, user: User | None, now: dt.datetime) -> Quotation:
    """Make the next version as a draft with the same lines; the present one is superseded and can no longer be
    accepted. Asked again, answers the version that exists.

    :raises WrongStateError: it is a draft (change it instead) or has been accepted.
    """
    with transaction.atomic():
        old = lock_record(Quotation, quotation_id)
        successor = Quotation.objects.filter(revises=old).first()
        if successor is not None:
            return successor
        QUOTATION_STATES.require(old, QuotationStatus.SUPERSEDED)
        company = read_company(old.company_id)
        today = local_date(company, now)
        term = old.valid_until - old.document_date
        new = _next_version(old, user)
        new.document_date, new.valid_until = today, today + term
        new.save(force_insert=True)
        attach(new, [_copy(line) for line in QuotationLine.objects.filter(quotation=old)], "quotation")
        old.status, old.version = QuotationStatus.SUPERSEDED, old.version + 1
        old.save(update_fields=["status", "version", "updated_at"])
    return new


CARRIED = (
    "company_id",
    "party_id",
    "currency_id",
    "reference",
    "requested_date",
    "delivery_address",
    "warehouse_id",
    "payment_term_id",
    "freight_amount",
    "notes",
    "source_label",
    "source_id",
    "owner_id",
    "team_id",
    "net_amount",
    "tax_amount",
    "total_amount",
)
LINE_CARRIED = (
    "company_id",
    "position",
    "item_id",
    "description",
    "quantity",
    "unit_id",
    "unit_price",
    "discount_percent",
    "tax_set_id",
    "net_amount",
    "tax_amount",
    "is_freight",
    "source_label",
    "source_id",
)


def _next_version(old: Quotation, user: User | None) -> Quotation:
    values = {name: getattr(old, name) for name in CARRIED}
    return Quotation(**values, created_by=user, revises=old, revision=old.revision + 1)


def _copy(line: QuotationLine) -> QuotationLine:
    return QuotationLine(**{name: getattr(line, name) for name in LINE_CARRIED})


def _validity(document_date: dt.date, valid_until: dt.date | None) -> dt.date:
    """:raises InvalidInputError: it ends before it starts."""
    end = valid_until or document_date + dt.timedelta(days=VALID_DAYS)
    if end < document_date:
        raise InvalidInputError(
            _("The quotation would end before its own date."),
            field="valid_until",
            hint=_("Choose the day of the quotation or a later one."),
        )
    return end
