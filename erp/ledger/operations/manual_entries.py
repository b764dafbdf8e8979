"""Entries made by hand: draft, change, post, reverse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction
from django.utils.translation import gettext as _

from core.company.models import Company
from core.documents.records import lock_record
from core.documents.references import RecordRef
from core.documents.states import Transitions
from core.errors import InvalidInputError
from core.events.outbox import record
from erp.ledger.enums import MANUAL_ENTRY_TRANSITIONS, AccountKey, JournalKind, ManualEntryStatus
from erp.ledger.errors import ControlAccountError, NoJournalError, SubledgerEntryError
from erp.ledger.events import JournalEntryReversed, ManualEntryPosted
from erp.ledger.models import Journal, JournalEntry, ManualEntry, ManualEntryLine
from erp.ledger.operations.taxed_lines import entry_lines
from erp.ledger.posting import post_entry, reverse_entry
from erp.ledger.queries import accounts_for

if TYPE_CHECKING:
    from core.access.models import User

ZERO = Decimal(0)
TRANSITIONS = Transitions(MANUAL_ENTRY_TRANSITIONS)
PURPOSE = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualLine:
    """One line as asked for; amounts in the document's currency."""

    account_id: int
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    party_id: int | None = None
    description: str = ""
    tax_set_id: int | None = None

    @classmethod
    def of(cls, given: ManualLine | Mapping[str, Any]) -> ManualLine:
        """Read a form's or the API's mapping; what was left empty takes its default."""
        if isinstance(given, ManualLine):
            return given
        return cls(**{name: given[name] for name in cls.__slots__ if given.get(name) not in (None, "")})


def create_manual_entry(
    *,
    company_id: int,
    document_date: dt.date,
    lines: Sequence[ManualLine | Mapping[str, Any]],
    journal_id: int | None = None,
    currency_id: str | None = None,
    description: str = "",
    external_id: str = "",
    user: User | None,
    now: dt.datetime,
) -> ManualEntry:
    """Write a draft. It need not balance yet.

    :param journal_id: the default general journal when left out. :param currency_id: the company's when left out.
    :raises InvalidInputError: a line bears two amounts or a negative one. :raises NoJournalError: there is no journal.
    """
    with transaction.atomic():
        company = Company.objects.get(pk=company_id)
        document = ManualEntry(
            company=company,
            created_by=user,
            owner=user,
            journal_id=journal_id or _default_journal(company_id, JournalKind.GENERAL),
            currency_id=currency_id or company.currency_id,
            document_date=document_date,
            description=description,
            external_id=external_id,
        )
        _save_with_lines(document, lines)
    return document


def update_manual_entry(
    *,
    manual_entry_id: int,
    document_date: dt.date,
    lines: Sequence[ManualLine | Mapping[str, Any]] | None = None,
    journal_id: int,
    currency_id: str,
    description: str = "",
    expected_version: int | None = None,
    user: User | None,
    now: dt.datetime,
) -> ManualEntry:
    """Change a draft. Lines, when given, replace all lines.

    :raises WrongStateError: when it is no draft any more. :raises ConflictError: when somebody else changed it.
    """
    with transaction.atomic():
        document = lock_record(ManualEntry, manual_entry_id, expected_version=expected_version)
        TRANSITIONS.require(document, ManualEntryStatus.POSTED)
        document.document_date, document.description = document_date, description
        document.journal_id, document.currency_id = journal_id, currency_id
        document.version += 1
        if lines is None:
            document.save()
        else:
            document.lines.all().delete()
            _save_with_lines(document, lines)
    return document


def post_manual_entry(*, manual_entry_id: int, user: User | None, now: dt.datetime) -> ManualEntry:
    """Turn a draft into a journal entry. Posting it again changes nothing.

    :raises WrongStateError: when it was cancelled.
    :raises ControlAccountError: a line touches an account that a subledger keeps.
    :raises DomainError: what `post_entry` refuses.
    """
    with transaction.atomic():
        document = lock_record(ManualEntry, manual_entry_id)
        if document.entry_id is not None:
            return document
        TRANSITIONS.require(document, ManualEntryStatus.POSTED)
        _refuse_control_accounts(document)
        company = Company.objects.select_related("currency").get(pk=document.company_id)
        entry = post_entry(
            company_id=document.company_id,
            journal=document.journal_id,
            entry_date=document.document_date,
            lines=entry_lines(document, company),
            source=RecordRef.of(document),
            purpose=PURPOSE,
            description=document.description,
            user=user,
            now=now,
        )
        document.status, document.entry, document.number = ManualEntryStatus.POSTED, entry, entry.number
        document.version += 1
        document.save(update_fields=["status", "entry", "number", "version", "updated_at"])
        record(ManualEntryPosted(document.pk, entry.pk), company_id=document.company_id)
    return document


def cancel_manual_entry(*, manual_entry_id: int, user: User | None, now: dt.datetime) -> ManualEntry:
    """Give a draft up. Cancelling it again changes nothing.

    :raises WrongStateError: when it was posted.
    """
    with transaction.atomic():
        document = lock_record(ManualEntry, manual_entry_id)
        if document.status != ManualEntryStatus.CANCELLED:
            TRANSITIONS.require(document, ManualEntryStatus.CANCELLED)
            _set_status(document, ManualEntryStatus.CANCELLED)
    return document


def reverse_manual_entry(
    *, manual_entry_id: int, on: dt.date | None = None, reason: str, user: User | None, now: dt.datetime
) -> ManualEntry:
    """Reverse what a posted manual entry became. Reversing it again changes nothing.

    :raises WrongStateError: when it was not posted. :raises DomainError: as `reverse_entry`.
    """
    with transaction.atomic():
        document = lock_record(ManualEntry, manual_entry_id)
        if document.status != ManualEntryStatus.REVERSED:
            TRANSITIONS.require(document, ManualEntryStatus.REVERSED)
            reversal = reverse_entry(entry_id=_posted(document), on=on, reason=reason, user=user, now=now)
            _set_status(document, ManualEntryStatus.REVERSED)
            record(JournalEntryReversed(_posted(document), reversal.pk), company_id=document.company_id)
    return document


def reverse_journal_entry(
    *, journal_entry_id: int, on: dt.date | None = None, reason: str, user: User | None, now: dt.datetime
) -> JournalEntry:
    """Reverse an entry that was made by hand, from the entry's own page. Returns the reversal.

    :raises SubledgerEntryError: when the entry belongs to an invoice, a payment or another document.
    :raises DomainError: as `reverse_entry`.
    """
    with transaction.atomic():
        entry = JournalEntry.objects.get(pk=journal_entry_id)
        if entry.source.label == JournalEntry._meta.label_lower:
            return reverse_entry(entry_id=entry.pk, on=on, reason=reason, user=user, now=now)  # refuses, and says why
        if entry.source.label != ManualEntry._meta.label_lower:
            raise SubledgerEntryError(
                _("%(number)s belongs to %(source)s.")
                % {"number": entry.number, "source": entry.source_number or _("another document")},
                hint=_("Correct that document; its entry follows."),
            )
        reverse_manual_entry(manual_entry_id=entry.source.id, on=on, reason=reason, user=user, now=now)
        return JournalEntry.objects.get(reverses=entry)


def post_opening_balances(
    *,
    company_id: int,
    on: dt.date,
    balances: Mapping[int, Decimal],
    external_id: str = "",
    user: User | None,
    now: dt.datetime,
) -> ManualEntry:
    """Post the balances with which the book begins, against the account for opening balances.

    Accounts that a subledger keeps do not belong here: open items and stock bring their own opening.

    :param balances: account → balance, debit positive, in the company's currency.
    :param external_id: names the opening; posting it again under the same name changes nothing.
    :raises DomainError: as `post_manual_entry`.
    """
    with transaction.atomic():
        if external_id:
            existing = ManualEntry.objects.filter(company_id=company_id, external_id=external_id).first()
            if existing is not None:
                return existing
        counter = accounts_for(company_id, [AccountKey.OPENING_BALANCE]).account_id(AccountKey.OPENING_BALANCE)
        signed = [*balances.items(), (counter, -sum(balances.values(), ZERO))]
        document = create_manual_entry(
            company_id=company_id,
            document_date=on,
            lines=[
                ManualLine(account_id=account, debit=max(amount, ZERO), credit=max(-amount, ZERO))
                for account, amount in signed
                if amount
            ],
            journal_id=_default_journal(company_id, JournalKind.OPENING),
            description=_("Opening balances"),
            external_id=external_id,
            user=user,
            now=now,
        )
        return post_manual_entry(manual_entry_id=document.pk, user=user, now=now)


def _default_journal(company_id: int, kind: JournalKind) -> int:
    journals = Journal.objects.filter(company_id=company_id, kind=kind, is_default=True, active=True)
    found = journals.values_list("pk", flat=True).first()
    if found is None:
        raise NoJournalError(
            _("There is no active journal for %(wanted)s.") % {"wanted": kind.label},
            field="journal",
            hint=_("Mark one as the default of its kind under Finance, Journals."),
        )
    return found


def _save_with_lines(document: ManualEntry, lines: Sequence[ManualLine | Mapping[str, Any]]) -> None:
    wanted = [ManualLine.of(line) for line in lines]
    for line in wanted:
        if line.debit < 0 or line.credit < 0 or (line.debit and line.credit):
            raise InvalidInputError(
                _("A line bears one positive amount, in debit or in credit."), code="one_side", field="lines"
            )
    document.total_amount = sum((line.debit for line in wanted), ZERO)
    document.save()
    ManualEntryLine.objects.bulk_create(
        ManualEntryLine(
            company_id=document.company_id,
            manual_entry=document,
            position=position,
            account_id=line.account_id,
            party_id=line.party_id,
            description=line.description,
            debit=line.debit,
            credit=line.credit,
            tax_set_id=line.tax_set_id,
        )
        for position, line in enumerate(wanted, 1)
    )


def _refuse_control_accounts(document: ManualEntry) -> None:
    line = document.lines.filter(account__is_control=True).select_related("account").first()
    if line is not None:
        raise ControlAccountError(
            _("Account %(account)s is kept by invoices, payments or stock.") % {"account": line.account},
            field="lines",
            hint=_("Enter an invoice, a payment or a stock adjustment instead."),
        )


def _posted(document: ManualEntry) -> int:
    """The journal entry it became; the database keeps a posted document from having none."""
    return cast(int, document.entry_id)


def _set_status(document: ManualEntry, status: ManualEntryStatus) -> None:
    document.status = status
    document.version += 1
    document.save(update_fields=["status", "version", "updated_at"])
