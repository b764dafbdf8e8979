"""Leads: written down, assigned, worked, qualified, disqualified and recycled. Conversion has a module of its own."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.company.models import Company, Team
from core.documents.records import lock_record
from core.errors import InvalidInputError
from core.events.outbox import record
from core.parties.enums import ContactKind
from core.parties.normalise import normal_contact
from crm.leads.consequences import lead_written
from crm.leads.enums import LEAD_TRANSITIONS, OPEN_STATUSES, DisqualifyReason, LeadStatus
from crm.leads.errors import LeadClosedError, NamelessLeadError
from crm.leads.events import LeadQualified
from crm.leads.models import Lead
from crm.leads.queries import next_in_turn
from crm.leads.scoring import fit_score

if TYPE_CHECKING:
    from core.access.models import User

NORMAL = {"email": ContactKind.EMAIL, "phone": ContactKind.PHONE, "website": ContactKind.WEB}


def create_lead(
    *,
    company_id: int,
    user: "User | None",
    now: dt.datetime,
    owner_id: int | None = None,
    strict: bool = True,
    **values: Any,
) -> Lead:
    """Write down a lead, with mail address, phone and website in their one spelling, and its fit.

    :param strict: refuse phone numbers that are none; imports of legacy data keep them as written.
    :raises NamelessLeadError: it has neither a name, an organisation nor a mail address.
    :raises InvalidInputError: a mail address, phone or website is none, with its field.
    """
    company = Company.objects.get(pk=company_id)
    lead = Lead(company=company, created_by=user, owner_id=owner_id, assigned_at=now if owner_id else None)
    _take(lead, values, strict=strict)
    with transaction.atomic():
        lead.save()
        lead_written.run(lead=lead, now=now)
    return lead


def update_lead(
    *,
    lead_id: int,
    user: "User | None",
    now: dt.datetime,
    expected_version: int | None = None,
    strict: bool = True,
    **values: Any,
) -> Lead:
    """Change an open lead.

    :raises ConflictError: somebody else changed it since.
    :raises LeadClosedError: it is converted or disqualified.
    :raises InvalidInputError: as in `create_lead`.
    """
    with transaction.atomic():
        lead = lock_record(Lead, lead_id, expected_version=expected_version)
        _require_open(lead)
        if "owner_id" in values and values["owner_id"] != lead.owner_id:
            lead.assigned_at = now if values["owner_id"] else None
        _take(lead, values, strict=strict)
        _save(lead)
        lead_written.run(lead=lead, now=now)
    return lead


def withdraw_lead_consent(*, lead_id: int, user: "User | None", now: dt.datetime) -> Lead:
    """Write down that the person behind a lead wants no mailings any more, whatever state it is in. Said already, it
    stays as it is."""
    with transaction.atomic():
        lead = lock_record(Lead, lead_id)
        if lead.consented_at is not None:
            lead.consented_at = None
            _save(lead)
    return lead


def assign_lead(
    *, lead_id: int, user: "User", now: dt.datetime, owner_id: int | None = None, team_id: int | None = None
) -> Lead:
    """Give a lead to a person, by default oneself, and to a team when one is named.

    :raises LeadClosedError: it is converted or disqualified.
    """
    with transaction.atomic():
        lead = lock_record(Lead, lead_id)
        _require_open(lead)
        wanted = owner_id if owner_id is not None else user.pk
        if lead.owner_id == wanted and team_id in (None, lead.team_id):
            return lead
        lead.owner_id, lead.assigned_at = wanted, now
        lead.team_id = team_id if team_id is not None else lead.team_id
        _save(lead)
    return lead


def assign_lead_in_turn(*, lead_id: int, user: "User | None", now: dt.datetime) -> Lead:
    """Give a lead to the seller of its team who has waited longest. One turn at a time: the team is locked.

    :raises InvalidInputError: it has no team, or the team has no seller.
    """
    with transaction.atomic():
        lead = lock_record(Lead, lead_id)
        _require_open(lead)
        team = Team.objects.select_for_update(of=("self",)).filter(pk=lead.team_id or 0).first()
        seller = next_in_turn(company_id=lead.company_id, team_id=team.pk) if team else None
        if seller is None:
            raise InvalidInputError(
                _("There is nobody whose turn it could be."),
                field="team",
                hint=_("Choose a team that has a salesperson."),
            )
        lead.owner, lead.assigned_at = seller, now
        _save(lead)
    return lead


def work_lead(*, lead_id: int, user: "User", now: dt.datetime) -> Lead:
    """Start working on a lead; one that belongs to nobody becomes one's own. Done already, it stays as it is.

    :raises WrongStateError: it is converted or disqualified.
    """
    with transaction.atomic():
        lead = lock_record(Lead, lead_id)
        if lead.status == LeadStatus.WORKING:
            return lead
        LEAD_TRANSITIONS.require(lead, LeadStatus.WORKING)
        lead.status = LeadStatus.WORKING
        if lead.owner_id is None:
            lead.owner, lead.assigned_at = user, now
        _save(lead)
    return lead


def qualify_lead(*, lead_id: int, user: "User | None", now: dt.datetime) -> Lead:
    """Say that a lead is worth a deal. Said already, it stays as it is.

    :raises WrongStateError: it is converted or disqualified.
    """
    with transaction.atomic():
        lead = lock_record(Lead, lead_id)
        if lead.status == LeadStatus.QUALIFIED:
            return lead
        LEAD_TRANSITIONS.require(lead, LeadStatus.QUALIFIED)
        lead.status = LeadStatus.QUALIFIED
        _save(lead)
        record(LeadQualified(lead_id=lead.pk), company_id=lead.company_id)
    return lead


def disqualify_lead(*, lead_id: int, user: "User | None", now: dt.datetime, reason: str, note: str = "") -> Lead:
    """Give a lead up, with the reason. Given up already, it stays as it is.

    :raises InvalidInputError: the reason is none of the list.
    :raises WrongStateError: it is converted.
    """
    if reason not in DisqualifyReason.values:
        raise InvalidInputError(_("Why is it given up?"), field="reason", hint=_("Choose a reason from the list."))
    with transaction.atomic():
        lead = lock_record(Lead, lead_id)
        if lead.status == LeadStatus.DISQUALIFIED:
            return lead
        LEAD_TRANSITIONS.require(lead, LeadStatus.DISQUALIFIED)
        lead.status = LeadStatus.DISQUALIFIED
        lead.disqualify_reason, lead.disqualify_note = DisqualifyReason(reason), note
        _save(lead)
    return lead


def recycle_lead(*, lead_id: int, user: "User | None", now: dt.datetime) -> Lead:
    """Take a disqualified lead up again; why it was given up stays in its history.

    :raises WrongStateError: it is not disqualified.
    """
    with transaction.atomic():
        lead = lock_record(Lead, lead_id)
        if lead.status == LeadStatus.RECYCLED:
            return lead
        LEAD_TRANSITIONS.require(lead, LeadStatus.RECYCLED)
        lead.status, lead.disqualify_reason, lead.disqualify_note = LeadStatus.RECYCLED, "", ""
        _save(lead)
    return lead


def _take(lead: Lead, values: dict[str, Any], *, strict: bool) -> None:
    """Carry the values over in their one spelling, and score anew."""
    for name, value in values.items():
        setattr(lead, name, value.strip() if isinstance(value, str) else value)
    lead.country = lead.country.upper()
    for name, kind in NORMAL.items():
        if value := getattr(lead, name):
            setattr(lead, name, _normal(name, kind, value, lead.country or lead.company.country, strict=strict))
    if not (lead.name or lead.organisation_name or lead.email):
        raise NamelessLeadError(
            _("The lead has no name."),
            field="name",
            hint=_("Enter a name, an organisation or a mail address."),
        )
    lead.score = fit_score(lead, company_country=lead.company.country).value


def _normal(field: str, kind: str, value: str, country: str, *, strict: bool) -> str:
    try:
        return normal_contact(kind, value, country, strict=strict)
    except InvalidInputError as refusal:
        raise InvalidInputError(refusal.message, field=field, hint=refusal.hint) from refusal


def _require_open(lead: Lead) -> None:
    if lead.status not in OPEN_STATUSES:
        raise LeadClosedError(
            _("%(lead)s is %(status)s and is not changed any more.")
            % {"lead": lead, "status": lead.get_status_display()},
            hint=_("Recycle it first.") if lead.status == LeadStatus.DISQUALIFIED else _("Change its deal instead."),
        )


def _save(lead: Lead) -> None:
    lead.version += 1
    lead.save()
