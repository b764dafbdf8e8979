"""Panels of marketing: what a campaign brought, whom a segment reaches, how a mailing goes and reads."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.access.policies import may, scoped
from core.documents.references import RecordRef
from core.jobs.enums import JobStatus
from core.jobs.models import JobRun
from core.parties.models import Party
from core.ui import formats, registry
from core.ui.panels import Panel, TablePanel
from core.ui.requests import caller_of, is_htmx
from core.ui.resource import Caller, Column
from core.whole_numbers import whole_number
from crm.campaigns import wording
from crm.campaigns.audience import Person, first_people, reach
from crm.campaigns.enums import AttributedBy, MailingStatus, RecipientReason, RecipientStatus
from crm.campaigns.handlers import sample_people
from crm.campaigns.models import Campaign, LeadAttribution, Mailing, MailingRecipient, Segment
from crm.campaigns.queries import RecipientFigures, campaign_results, deals_of, leads_of, recipient_figures
from crm.campaigns.sending import KIND
from crm.leads.models import CaptureForm, Lead
from crm.pipeline.models import Deal

Facts = list[dict[str, Any]]
FIRST_PEOPLE = 8
PREVIEWS = 20


def list_url(slug: str, **params: Any) -> str:
    """A list with these filters, whatever view opens first."""
    return f"{registry.get(slug).url('list')}?{urlencode({**params, 'view': 'all'})}"


def fact(label: Any, count: int, url: str = "", **more: Any) -> dict[str, Any]:
    """A figure that opens its rows; nothing opens nothing."""
    return {"label": label, "value": formats.number(count), "url": url if count else "", **more}


def mail_facts(figures: RecipientFigures, **where: Any) -> Facts:
    """Recipients by what became of them; each opens its rows."""

    def rows(**more: Any) -> str:
        return list_url("mailing-recipients", **where, **more)

    facts = [
        fact(_("Recipients"), figures.total, rows()),
        fact(_("Sent"), figures.sent, rows(status=RecipientStatus.SENT)),
        fact(_("Waiting"), figures.waiting, rows(status="queued,sending")),
        fact(_("Failed"), figures.failed, rows(status=RecipientStatus.FAILED), color="red" if figures.failed else ""),
        fact(_("Unsubscribed"), figures.unsubscribed, rows(unsubscribed=1)),
        fact(_("Skipped"), figures.skipped_total, rows(status=RecipientStatus.SKIPPED)),
    ]
    facts += [
        fact(reason.label, count, rows(status=RecipientStatus.SKIPPED, reason=reason), hint=_("skipped"))
        for reason, count in figures.skipped.items()
    ]
    return facts


class ResultsPanel(Panel):
    """What the campaign brought so far; every figure opens its rows."""

    name = "results"
    title = _("Results")
    template = "ui/panels/facts.html"

    def context(self, request: HttpRequest, obj: Campaign) -> Mapping[str, Any]:
        caller = caller_of(request)
        leads = scoped(caller.user, Lead.objects.all(), "view", caller.company_id)
        deals = scoped(caller.user, Deal.objects.all(), "view", caller.company_id)
        results = campaign_results(obj, leads=leads, deals=deals)
        currency = caller.company.currency_id
        won = fact(_("Won"), results.won, list_url("deals", campaign=obj.pk, status="won"))
        won["value"] = formats.money_with_currency(results.won_amount, currency)
        won["hint"] = ngettext("%(count)s deal", "%(count)s deals", results.won) % {"count": results.won}
        facts = [
            fact(_("Leads"), results.leads, list_url("leads", campaign=obj.pk)),
            fact(_("Deals"), results.deals, list_url("deals", campaign=obj.pk)),
            won,
        ]
        if obj.budget_amount is not None:
            facts.append({"label": _("Budget"), "value": formats.money_with_currency(obj.budget_amount, currency)})
        return {"facts": facts}


class CampaignMailsPanel(Panel):
    """What became of the campaign's mails; only for those who may see recipients."""

    name = "mails"
    title = _("Mails")
    template = "ui/panels/facts.html"

    def offered(self, caller: Caller, obj: Any) -> bool:
        return may(caller.user, "view", MailingRecipient, caller.company_id) and super().offered(caller, obj)

    def context(self, request: HttpRequest, obj: Campaign) -> Mapping[str, Any] | None:
        figures = recipient_figures(MailingRecipient.objects.filter(mailing__campaign=obj))
        return {"facts": mail_facts(figures, campaign=obj.pk)} if figures.total else None


class CampaignLeadsPanel(TablePanel):
    """The leads that the campaign brought."""

    name = "leads"
    title = _("Leads")
    columns = (Column("name", value=str), "status", "score", "created_at")
    limit = 8
    empty_text = _("No lead came by this campaign yet. Its code in a link, or a linked capture form, brings them.")

    def rows(self, caller: Caller, obj: Any) -> QuerySet[Any]:
        return leads_of(obj, scoped(caller.user, Lead.objects.all(), "view", caller.company_id)).order_by("-pk")

    def more(self, obj: Any) -> str:
        return list_url("leads", campaign=obj.pk)


class CampaignDealsPanel(TablePanel):
    """The deals that those leads became."""

    name = "deals"
    title = _("Deals")
    columns = ("title", "party", "amount", "stage", "status")
    limit = 8
    empty_text = _("None of the leads is a deal yet.")

    def offered(self, caller: Caller, obj: Any) -> bool:
        return may(caller.user, "view", Deal, caller.company_id) and super().offered(caller, obj)

    def rows(self, caller: Caller, obj: Any) -> QuerySet[Any]:
        return deals_of(obj, scoped(caller.user, Deal.objects.all(), "view", caller.company_id)).order_by("-pk")

    def more(self, obj: Any) -> str:
        return list_url("deals", campaign=obj.pk)


class CaptureFormsPanel(TablePanel):
    """Capture forms whose leads count for the campaign."""

    name = "capture_forms"
    title = _("Capture forms")
    side = "side"
    lazy = True
    columns = ("title", "active")
    empty_text = _("No capture form is linked.")

    def rows(self, caller: Caller, obj: Any) -> QuerySet[Any]:
        reference = RecordRef.of(obj)
        forms = CaptureForm.objects.filter(campaign_label=reference.label, campaign_id=reference.id)
        return scoped(caller.user, forms, "view", caller.company_id)


class LeadCampaignPanel(Panel):
    """The campaign that brought a lead, on the lead's page. Not there for leads that none brought."""

    name = "campaign"
    title = _("Campaign")
    template = "ui/panels/facts.html"
    side = "side"

    def offered(self, caller: Caller, obj: Any) -> bool:
        return may(caller.user, "view", Campaign, caller.company_id) and super().offered(caller, obj)

    def context(self, request: HttpRequest, obj: Lead) -> Mapping[str, Any] | None:
        found = LeadAttribution.objects.select_related("campaign").filter(lead=obj).first()
        if found is None:
            return None
        by = AttributedBy(found.by).label
        return {
            "facts": [
                {"label": by, "value": found.campaign, "url": registry.url_for(found.campaign),
                 "hint": formats.moment(found.at)}
            ]
        }  # fmt: skip


class ReachPanel(Panel):
    """How many people a segment reaches now, on what ground, and the first of them; each figure shows its people.

    `?why=no_consent` asks for those who are skipped for that reason.
    """

    name = "reach"
    title = _("Whom a mailing would reach now")
    template = "campaigns/panels/reach.html"
    lazy = True

    def context(self, request: HttpRequest, obj: Segment) -> Mapping[str, Any]:
        found = reach(obj)
        why = request.GET.get("why", "")
        why = why if why in RecipientReason.values else ""
        groups: Facts = [
            {"label": _("Get the mail"), "count": found.mailed, "why": "", "hint": obj.get_ground_display()}
        ]
        groups += [
            {"label": reason.label, "count": count, "why": reason.value, "hint": _("skipped")}
            for reason, count in found.skipped.items()
        ]
        people = first_people(obj, limit=FIRST_PEOPLE, reason=why)
        count = next((one["count"] for one in groups if one["why"] == why), 0)
        shown = {"shown": len(people), "total": formats.number(count)}
        return {
            "total": formats.number(found.total),
            "groups": [{**one, "value": formats.number(one["count"]), "chosen": one["why"] == why} for one in groups],
            "people": named(people, obj),
            "more": _("The first %(shown)s of %(total)s.") % shown if count > len(people) else "",
            "panel_url": registry.get("segments").url("panel", obj.pk, self.name),
        }


def named(people: list[Person], segment: Segment) -> list[dict[str, Any]]:
    """People of a segment with name and page."""
    parties = Party.objects.in_bulk([one.party_id for one in people if one.party_id])
    leads = Lead.objects.in_bulk([one.lead_id for one in people if one.lead_id])
    rows = []
    for one in people:
        record = parties.get(one.party_id) or leads[one.lead_id]
        verdict = RecipientReason(one.reason).label if one.reason else _("Yes")
        rows.append({"name": str(record), "url": registry.url_for(record), "email": one.email, "verdict": verdict})
    return rows


class ProgressPanel(Panel):
    """How the mailing goes: figures that follow while it is being sent."""

    name = "progress"
    title = _("Recipients")
    template = "campaigns/panels/progress.html"

    def applies(self, caller: Caller, obj: Mailing) -> bool:
        return obj.released_at is not None

    def context(self, request: HttpRequest, obj: Mailing) -> Mapping[str, Any]:
        figures = recipient_figures(MailingRecipient.objects.filter(mailing=obj))
        resource = registry.get("mailings")
        is_sending = obj.status == MailingStatus.SENDING
        to_send = figures.handled + figures.waiting
        return {
            "facts": mail_facts(figures, mailing=obj.pk),
            "figures": figures,
            "handled": formats.number(figures.handled),
            "total": formats.number(to_send),
            "to_send": to_send or 1,
            "is_sending": is_sending,
            "panel_url": resource.url("panel", obj.pk, self.name),
            "reload_url": resource.detail_url(obj.pk) if is_htmx(request) and not is_sending else "",
            "trouble": self.trouble(obj) if is_sending else "",
        }

    def trouble(self, obj: Mailing) -> str:
        """What the last run said when it failed."""
        run = JobRun.objects.filter(kind=KIND, params__mailing_id=obj.pk).first()
        return run.summary if run is not None and run.status == JobStatus.FAILED else ""


class PreviewPanel(Panel):
    """The mailing as somebody of its segment reads it; `?n=3` is the fourth of them."""

    name = "preview"
    title = _("Preview")
    template = "campaigns/panels/preview.html"
    lazy = True

    def context(self, request: HttpRequest, obj: Mailing) -> Mapping[str, Any]:
        company = caller_of(request).company
        people = sample_people(obj, limit=PREVIEWS)
        asked = request.GET.get("n", "")
        number = (whole_number(asked) or 0) % len(people) if people else 0
        person = people[number] if people else None
        values = wording.values_for(person, company_name=company.name, unsubscribe_url="#")
        return {
            "person": str(person) if person else "",
            "company": company,
            "sender": obj.sender_name or company.name,
            "subject": wording.fill(obj.subject, values),
            "html": wording.html(wording.fill(obj.body, values)),
            "next_url": self.next_url(obj, number + 1) if len(people) > 1 else "",
        }

    def next_url(self, obj: Mailing, number: int) -> str:
        return f"{registry.get('mailings').url('panel', obj.pk, self.name)}?n={number}"
