"""The pictures of the dashboards. Each is None for who may not see its rows; each figure of it opens its rows."""

from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.ui import formats, registry
from core.ui.listing import Listing
from crm.leads.enums import LeadSource, LeadStatus
from crm.pipeline.enums import DealStatus
from crm.pipeline.models import Deal, Pipeline, Stage
from crm.pipeline.queries import FunnelStep, funnel
from crm.tickets.enums import OPEN_STATUSES as OPEN_TICKET_STATUSES
from crm.tickets.enums import TicketPriority
from erp.invoicing.models import OpenItem
from erp.invoicing.queries import aged_receivables as aged
from erp.invoicing.reports import bucket_labels, items_url
from reporting.metrics import finance, operations, people, sales
from reporting.metrics.definition import Metric, Unit
from reporting.metrics.lists import ListMetric
from reporting.periods import Grain
from reporting.pictures import Chart, Series
from reporting.reading import Reader

TOP = 8


def _course_title(label: str | Promise, grain: Grain) -> str:
    """`Revenue by month`."""
    titles = {
        Grain.DAY: _("%(figure)s by day"),
        Grain.MONTH: _("%(figure)s by month"),
        Grain.QUARTER: _("%(figure)s by quarter"),
        Grain.YEAR: _("%(figure)s by year"),
    }
    return titles[grain] % {"figure": label}


def course(reader: Reader, *metrics: Metric, title: str | Promise = "") -> Chart | None:
    """Metrics over the steps of the period, side by side."""
    shown = [metric for metric in metrics if reader.may(metric)]
    if not shown:
        return None
    steps, grain = reader.period.steps, reader.period.grain
    series = []
    for metric in shown:
        found = reader.read(metric)
        urls = [metric.url(step) for step in steps]
        series.append(Series(str(metric.label), found.course, urls, found.value, reader.url(metric)))
    is_money = shown[0].unit == Unit.MONEY
    return Chart(
        id=f"course-{shown[0].key}", title=_course_title(title or shown[0].label, grain), kind="bar",
        heading=str(Grain(grain).label).capitalize(), categories=[step.name(grain) for step in steps], series=series,
        currency=reader.caller.company.currency_id if is_money else "", wide=True, empty=str(shown[0].hint),
    )  # fmt: skip


def revenue_course(reader: Reader) -> Chart | None:
    """Revenue and what of it was left after the goods."""
    days = {"date_from": str(reader.period.date_from), "date_to": str(reader.period.date_to)}
    made = course(reader, finance.REVENUE, finance.GROSS_PROFIT, title=_("Revenue and gross profit"))
    return made and replace(made, url=f"{reverse('ledger:income-statement')}?{urlencode(days)}")


def orders_course(reader: Reader) -> Chart | None:
    """Orders taken and deals won."""
    made = course(reader, sales.ORDERS_TAKEN, sales.WON, title=_("Orders and deals"))
    return made and replace(made, url=_report_url("sales", reader))


def _report_url(name: str, reader: Reader) -> str:
    """A report of the same days."""
    period = reader.period
    days = {"date_from": str(period.date_from), "date_to": str(period.date_to)}
    return f"{reverse(f'reporting:{name}')}?{urlencode({'period': 'all'} if period.is_all else days)}"


def shipping_course(reader: Reader) -> Chart | None:
    """Deliveries out and receipts in."""
    return course(reader, operations.SHIPPED, operations.RECEIVED, title=_("Goods out and in"))


def purchase_course(reader: Reader) -> Chart | None:
    """What was ordered from suppliers."""
    return course(reader, operations.PURCHASED)


def lead_course(reader: Reader) -> Chart | None:
    """Leads that came in and those that became customers."""
    return course(reader, people.NEW_LEADS, people.CONVERTED, title=_("Leads"))


def ticket_course(reader: Reader) -> Chart | None:
    """Tickets that came in and those that were resolved."""
    return course(reader, people.NEW_TICKETS, people.RESOLVED, title=_("Tickets"))


def pipeline_funnel(reader: Reader) -> Chart | None:
    """How far the deals opened in the period came, in the company's first pipeline that has any."""
    if not reader.may(sales.PIPELINE):
        return None
    period = reader.period
    days = {} if period.is_all else {"opened_at_from": str(period.date_from), "opened_at_to": str(period.date_to)}
    opened = _deals(reader, **days)
    used = Pipeline.objects.filter(pk__in=opened.values("pipeline")).order_by("position", "pk").first()
    steps = funnel(deals=opened, pipeline_id=used.pk) if used else []
    urls = [_deals_url(**_reached(used, step), **days) for step in steps]
    counts = Series(_("Deals"), [Decimal(step.count) for step in steps], urls)
    return Chart(
        id="funnel", title=_("Funnel: how far deals came"), kind="funnel", heading=_("Stage"),
        categories=[step.name for step in steps], series=[counts],
        note="" if period.is_all else _("Deals opened in this time."),
        empty=_("Deals opened in this time appear here by the stages they reached. Convert a lead, or add a deal."),
    )  # fmt: skip


def _reached(pipeline: Pipeline | None, step: FunnelStep) -> dict[str, str]:
    """The filter of the deals that a step of the funnel counts."""
    if step.stage_id:
        return {"reached": str(step.stage_id)}
    return {"pipeline": str(pipeline.pk if pipeline else ""), "status": DealStatus.WON.value}


def _deals(reader: Reader, **params: str) -> QuerySet[Deal]:
    """The deals that the list shows to the caller under these parameters, in no order."""
    listing = Listing(registry.get("deals"), reader.caller, QueryDict(urlencode(params)), verb=reader.verb)
    return listing.queryset.order_by()


def _deals_url(**params: str) -> str:
    return f"{registry.get('deals').url('list')}?{urlencode(params) or 'view=all'}"


def deals_by_state(reader: Reader) -> Chart | None:
    """Deals won and lost in the period, and the open ones by the stage they stand in now."""
    if not reader.may(sales.PIPELINE):
        return None
    period = reader.period
    closed = {"closed_at_from": str(period.date_from), "closed_at_to": str(period.date_to)}
    rows = sales.WIN_RATE.rows(reader, period).values("status").annotate(count=Count("pk"))
    ended = {row["status"]: row["count"] for row in rows}
    states = [DealStatus.WON, DealStatus.LOST]
    bars = [(str(state.label), ended.get(state, 0), _deals_url(status=state.value, **closed)) for state in states]
    standing = _deals(reader, status=DealStatus.OPEN).values("stage").annotate(count=Count("pk"))
    counts = {row["stage"]: row["count"] for row in standing}
    for stage in Stage.objects.filter(pk__in=counts).order_by("pipeline__position", "-position", "pk"):
        url = _deals_url(status=DealStatus.OPEN.value, stage=str(stage.pk))
        bars.append((stage.name, counts[stage.pk], url))
    names, values, urls = zip(*bars, strict=True)
    return Chart(
        id="deals-by-state", title=_("Deals won, lost and open"), kind="bar", heading=_("State"), categories=names,
        series=[Series(_("Deals"), [Decimal(count) for count in values], urls)], horizontal=True,
        url=_report_url("pipeline", reader), note=_("Won and lost in this time; open ones by their stage now."),
        empty=_("Deals appear here as soon as the first one is there."),
    )  # fmt: skip


def aged_receivables(reader: Reader) -> Chart | None:
    """What customers owed at the end of the period, or owe today, by how long it is due: the largest ones, stacked."""
    caller = reader.caller
    if not reader.may_model(OpenItem):
        return None
    report = aged(company_id=caller.company_id, as_of=reader.as_of)
    largest = sorted(report.rows, key=lambda row: -sum(row.buckets))[:TOP]
    series = [
        Series(
            name,
            [row.buckets[number] for row in largest],
            [items_url(report, row.party_id, number) for row in largest],
            report.totals.buckets[number],
            items_url(report, None, number),
        )
        for number, name in enumerate(bucket_labels(report.bounds))
    ]
    return Chart(
        id="aged", title=_("Receivables by age"), kind="stacked", heading=_("Customer"),
        categories=[row.party_name for row in largest], series=series, currency=caller.company.currency_id,
        horizontal=True, foot=_("All customers"), url=f"{reverse('invoicing:aged-receivables')}?as_of={reader.as_of}",
        note=_("At the end of %(day)s; credits not counted.") % {"day": formats.date(reader.as_of)},
        empty=_("Nobody owes anything. Posted invoices appear here until they are paid."),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ranking:
    """A chart of the largest: what it is called, what one of them is, and what all of them are."""

    id: str
    title: str
    one: str
    every: str


def _largest(reader: Reader, metric: ListMetric, ranking: Ranking) -> Chart | None:
    """The parties the metric's figure came from, the largest first."""
    if not reader.may(metric):
        return None
    rows = metric.rows(reader, reader.period).exclude(party=None).values("party_id", "party__name")
    found = list(rows.annotate(**metric.aggregates).order_by("-total", "party_id")[:TOP])
    found = [row for row in found if row["total"]]
    urls = [metric.url(reader.period, party=str(row["party_id"])) for row in found]
    total = reader.read(metric).value
    series = Series(str(metric.label), [row["total"] for row in found], urls, total, reader.url(metric))
    return Chart(
        id=ranking.id, title=ranking.title, kind="bar", heading=ranking.one,
        categories=[row["party__name"] for row in found], series=[series],
        currency=reader.caller.company.currency_id, horizontal=True, foot=ranking.every, url=reader.url(metric),
        empty=str(metric.hint),
    )  # fmt: skip


def top_customers(reader: Reader) -> Chart | None:
    """Who ordered most in the period."""
    ranking = Ranking("top-customers", _("Top customers by orders"), _("Customer"), _("All customers"))
    return _largest(reader, sales.ORDERS_TAKEN, ranking)


def best_accounts(reader: Reader) -> Chart | None:
    """With whom most was won in the period."""
    ranking = Ranking("best-accounts", _("Top customers by deals won"), _("Customer"), _("All customers"))
    return _largest(reader, sales.WON, ranking)


def top_suppliers(reader: Reader) -> Chart | None:
    """From whom most was bought in the period."""
    ranking = Ranking("top-suppliers", _("Top suppliers"), _("Supplier"), _("All suppliers"))
    return _largest(reader, operations.PURCHASED, ranking)


def lead_sources(reader: Reader) -> Chart | None:
    """Where the leads of the period came from, and how many of each became customers."""
    metric = people.NEW_LEADS
    if not reader.may(metric):
        return None
    rows = metric.rows(reader, reader.period).exclude(source="").values("source")
    found = list(rows.annotate(**people.LEAD_RATE.aggregates).order_by("-every", "source")[:TOP])
    series = []
    for name, key, more in (
        (_("Leads"), "every", {}),
        (_("Converted"), "converted", {"status": LeadStatus.CONVERTED.value}),
    ):
        urls = [metric.url(reader.period, source_is=row["source"], **more) for row in found]
        series.append(Series(name, [Decimal(row[key]) for row in found], urls))
    return Chart(
        id="lead-sources", title=_("Where leads come from"), kind="bar", heading=_("Source"),
        categories=[_source_name(row["source"]) for row in found], series=series, horizontal=True,
        empty=_("Leads with a source appear here. Give your capture forms one."),
    )  # fmt: skip


def _source_name(word: str) -> str:
    return str(dict(LeadSource.choices).get(word, word))


def lead_campaigns(reader: Reader) -> Chart | None:
    """Which campaigns brought the leads of the period."""
    metric = people.NEW_LEADS
    if not reader.may(metric):
        return None
    rows = metric.rows(reader, reader.period).filter(attribution__isnull=False)
    rows = rows.values("attribution__campaign", "attribution__campaign__name")
    found = list(rows.annotate(**people.LEAD_RATE.aggregates).order_by("-every", "attribution__campaign")[:TOP])
    urls = [metric.url(reader.period, campaign=str(row["attribution__campaign"])) for row in found]
    return Chart(
        id="lead-campaigns", title=_("Leads by campaign"), kind="bar", heading=_("Campaign"),
        categories=[row["attribution__campaign__name"] for row in found],
        series=[Series(_("Leads"), [Decimal(row["every"]) for row in found], urls)], horizontal=True,
        empty=_("Leads that a campaign brought appear here. Give a campaign's code to a link or a capture form."),
    )  # fmt: skip


def tickets_by_priority(reader: Reader) -> Chart | None:
    """Open tickets now, by priority and by where they stand."""
    metric = people.OPEN_TICKETS
    if not reader.may(metric):
        return None
    rows = metric.rows(reader, reader.period).values("priority", "status").annotate(count=Count("pk"))
    counts = {(row["priority"], row["status"]): Decimal(row["count"]) for row in rows}
    priorities = list(reversed(TicketPriority))
    series = [
        Series(
            str(status.label),
            [counts.get((priority, status), Decimal(0)) for priority in priorities],
            [metric.url(reader.period, status=status.value, priority=priority.value) for priority in priorities],
        )
        for status in OPEN_TICKET_STATUSES
    ]
    return Chart(
        id="tickets-by-priority", title=_("Open tickets by priority"), kind="stacked", heading=_("Priority"),
        categories=[str(priority.label) for priority in priorities], series=series, horizontal=True, note=_("Now."),
        empty=_("No ticket is open."),
    )  # fmt: skip
