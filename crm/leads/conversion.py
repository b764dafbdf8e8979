"""From a lead to a party, a contact person and a deal, in one transaction."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.documents.records import lock_record
from core.documents.references import RecordRef
from core.events.outbox import record
from core.parties.enums import ContactKind, PartyKind
from core.parties.models import Party
from core.parties.operations import add_contact_point, create_party
from crm.contacts.enums import Channel, ConsentAct
from crm.contacts.operations import pass_on_interactions, record_consent
from crm.leads.enums import LEAD_TRANSITIONS, LeadStatus
from crm.leads.errors import DuplicateChoiceError
from crm.leads.events import LeadConverted
from crm.leads.models import Lead
from crm.pipeline.models import Deal
from crm.pipeline.operations import create_deal

if TYPE_CHECKING:
    from core.access.models import User


def convert_lead(
    *,
    lead_id: int,
    user: "User | None",
    now: dt.datetime,
    party_id: int | None = None,
    contact_id: int | None = None,
    deal_title: str = "",
    stage_id: int | None = None,
    amount: Decimal = Decimal(0),
    expected_close_date: dt.date | None = None,
) -> Lead:
    """Make a customer-to-be, their contact person and a deal of a lead. Converted already, it is returned as it is.

    What was logged about the lead appears on the party's timeline, its campaign counts for the deal, and its consent
    to mailings becomes the party's.

    :param party_id: who the lead already is; left out, a new party is written.
    :param contact_id: a person of that party; left out, one is found by name or mail address, else written.
    :raises DuplicateChoiceError: a chosen party is not one of this company.
    :raises WrongStateError: it is disqualified.
    :raises InvalidInputError: what a party or deal refuses, such as a company without a pipeline.
    """
    with transaction.atomic():
        lead = lock_record(Lead, lead_id)
        if lead.status == LeadStatus.CONVERTED:
            return lead
        LEAD_TRANSITIONS.require(lead, LeadStatus.CONVERTED)
        lead.party = _party(lead, party_id, user, now)
        lead.contact = _contact(lead, lead.party, contact_id, user, now)
        lead.deal = _deal(lead, user, now, deal_title, stage_id, amount, expected_close_date)
        lead.status = LeadStatus.CONVERTED
        lead.converted_at, lead.converted_by = now, user
        lead.version += 1
        lead.save()
        pass_on_interactions(about=RecordRef.of(lead), party_id=lead.party.pk)
        _carry_consent(lead, user)
        record(LeadConverted(lead_id=lead.pk, party_id=lead.party.pk, deal_id=lead.deal.pk), company_id=lead.company_id)
    return lead


def convert_to_deal(
    *,
    lead_id: int,
    user: "User | None",
    now: dt.datetime,
    party_id: int | None = None,
    contact_id: int | None = None,
    deal_title: str = "",
    stage_id: int | None = None,
    amount: Decimal | None = None,
    expected_close_date: dt.date | None = None,
) -> Deal:
    """`convert_lead` for screens and the API, which go on with the deal."""
    lead = convert_lead(
        lead_id=lead_id,
        user=user,
        now=now,
        party_id=party_id,
        contact_id=contact_id,
        deal_title=deal_title,
        stage_id=stage_id,
        amount=amount or Decimal(0),
        expected_close_date=expected_close_date,
    )
    return cast(Deal, lead.deal)  # the database refuses a converted lead without one


def _party(lead: Lead, party_id: int | None, user: "User | None", now: dt.datetime) -> Party:
    if party_id is not None:
        return _existing(lead, party_id, "party")
    is_organisation = bool(lead.organisation_name)
    reach: dict[str, Any] = {"website": lead.website} if is_organisation and lead.name else _reach(lead)
    return create_party(
        company_id=lead.company_id,
        user=user,
        now=now,
        strict=False,
        kind=PartyKind.ORGANISATION if is_organisation else PartyKind.PERSON,
        name=lead.organisation_name or lead.name or lead.email,
        is_prospect=True,
        country=lead.country,
        owner_id=lead.owner_id,
        team_id=lead.team_id,
        **reach,
    )


def _contact(lead: Lead, party: Party, contact_id: int | None, user: "User | None", now: dt.datetime) -> Party | None:
    """The person to speak to: chosen, found by mail address, or new. Nobody when the lead itself is the person."""
    if contact_id is not None:
        return _existing(lead, contact_id, "contact")
    if not lead.name or party.kind == PartyKind.PERSON:
        _add_reach(lead, party, user, now)
        return None
    known = Party.objects.filter(parent=party, name__iexact=lead.name).first()
    if lead.email and known is None:
        known = Party.objects.filter(
            parent=party, contact_points__kind=ContactKind.EMAIL, contact_points__value=lead.email
        ).first()
    if known is not None:
        _add_reach(lead, known, user, now)
        return known
    return create_party(
        company_id=lead.company_id,
        user=user,
        now=now,
        strict=False,
        kind=PartyKind.PERSON,
        name=lead.name,
        parent=party,
        job_title=lead.job_title,
        country=lead.country,
        owner_id=lead.owner_id,
        team_id=lead.team_id,
        email=lead.email,
        phone=lead.phone,
    )


def _deal(  # noqa: PLR0917 - what a deal needs, once
    lead: Lead,
    user: "User | None",
    now: dt.datetime,
    title: str,
    stage_id: int | None,
    amount: Decimal,
    expected_close_date: dt.date | None,
) -> Deal:
    return create_deal(
        company_id=lead.company_id,
        user=user,
        now=now,
        title=title or str(lead),
        stage_id=stage_id,
        party_id=lead.party_id,
        contact_id=lead.contact_id,
        amount=amount,
        expected_close_date=expected_close_date,
        owner_id=lead.owner_id,
        team_id=lead.team_id,
        source=lead.source,
        campaign=lead.campaign,
    )


def _existing(lead: Lead, party_id: int, field: str) -> Party:
    party = Party.objects.filter(company_id=lead.company_id, pk=party_id).first()
    if party is None:
        raise DuplicateChoiceError(_("This party does not exist."), field=field, hint=_("Choose one from the list."))
    return party


def _reach(lead: Lead) -> dict[str, Any]:
    return {"email": lead.email, "phone": lead.phone, "website": lead.website}


def _add_reach(lead: Lead, party: Party, user: "User | None", now: dt.datetime) -> None:
    """What the lead told and the party did not have yet. Nothing that stands there is replaced."""
    kinds = {"email": ContactKind.EMAIL, "phone": ContactKind.PHONE}
    for name, kind in kinds.items():
        if value := getattr(lead, name):
            add_contact_point(party=party, user=user, now=now, kind=kind, value=value, strict=False)


def _carry_consent(lead: Lead, user: "User | None") -> None:
    """Consent belongs to the person who gave it, who else to the party."""
    if lead.consented_at is None:
        return
    who = lead.contact or cast(Party, lead.party)
    record_consent(
        company_id=lead.company_id,
        party_id=who.pk,
        channel=Channel.EMAIL,
        act=ConsentAct.GIVEN,
        evidence=str(_("Capture form: %(form)s") % {"form": lead.capture_form or lead.source}),
        now=lead.consented_at,
        user=user,
    )
