"""Leads that come in by a public form."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from core.errors import InvalidInputError
from core.events.outbox import record
from crm.leads.enums import AssignmentRule
from crm.leads.events import LeadCaptured
from crm.leads.models import CaptureForm, Lead
from crm.leads.operations import assign_lead_in_turn, create_lead


def capture_lead(
    *,
    capture_form: CaptureForm,
    token: str,
    now: dt.datetime,
    consented: bool,
    values: Mapping[str, Any],
    utm: Mapping[str, str],
) -> Lead:
    """Write down what somebody left on a capture form, and give it to whom the form says.

    :param token: of the page that was sent; the same page sent twice is one lead.
    :raises InvalidInputError: what `create_lead` refuses.
    """
    external_id = f"form:{token}"
    known = Lead.objects.filter(company_id=capture_form.company_id, external_id=external_id)
    if lead := known.first():
        return lead
    try:
        with transaction.atomic():
            return _write(capture_form, external_id, now, consented, {**values, **utm})
    except IntegrityError:
        # The same page came twice at the same moment, and the other one was first.
        return known.get()


def _write(
    capture_form: CaptureForm, external_id: str, now: dt.datetime, consented: bool, values: Mapping[str, Any]
) -> Lead:
    lead = create_lead(
        company_id=capture_form.company_id,
        user=None,
        now=now,
        strict=False,
        external_id=external_id,
        capture_form=capture_form,
        campaign=capture_form.campaign,
        source=capture_form.source,
        team_id=capture_form.team_id,
        owner_id=capture_form.owner_id if capture_form.assignment == AssignmentRule.OWNER else None,
        consented_at=now if consented and capture_form.asks_consent else None,
        **values,
    )
    if capture_form.assignment == AssignmentRule.ROUND_ROBIN and capture_form.team_id:
        lead = _in_turn(lead, now)
    record(LeadCaptured(lead_id=lead.pk), company_id=lead.company_id)
    return lead


def _in_turn(lead: Lead, now: dt.datetime) -> Lead:
    """A team without sellers is no reason to turn somebody away."""
    try:
        return assign_lead_in_turn(lead_id=lead.pk, user=None, now=now)
    except InvalidInputError:
        return lead
