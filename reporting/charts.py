"""The pictures of the dashboards. Each is None for who may not see its rows."""

from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.access.policies import roles_in, scoped
from core.ui.resource import Caller
from crm.pipeline.models import Pipeline
from crm.pipeline.queries import company_deals, funnel
from erp.invoicing.models import OpenItem
from erp.invoicing.queries import aged_receivables as aged
from reporting.metrics import finance, operations, sales
from reporting.metrics.definition import Metric
from reporting.periods import Period, month_end
from reporting.pictures import Chart, Series, chart

TOP = 8


def allowed(metric: Metric, caller: Caller) -> bool:
    """Whether the caller may see the metric's rows."""
    return metric.is_for(caller, roles_in(caller.user, caller.company_id))


def _trend(metric: Metric, caller: Caller, *, currency: str) -> Chart | None:
    if not allowed(metric, caller):
        return None
    figures = metric.by_month(caller, timezone.localdate())
    months = list(figures)
    urls = [metric.url(Period(month, month_end(month))) for month in months]
    whole = metric.url(Period(months[0], month_end(months[-1])))
    series = Series(str(metric.label), list(figures.values()), urls, whole)
    names = [date_format(month, "M y") for month in months]
    title = _("%(figure)s by month") % {"figure": metric.label}
    return chart(
        f"trend-{metric.key}", title, names, [series], kind="bar", heading=_("Month"), currency=currency, wide=True
    )


def revenue_trend(caller: Caller, period: Period) -> Chart | None:
    """Revenue of the last twelve months."""
    return _trend(finance.REVENUE, caller, currency=caller.company.currency_id)


def orders_trend(caller: Caller, period: Period) -> Chart | None:
    """Orders taken in the last twelve months."""
    return _trend(sales.ORDERS_TAKEN, caller, currency=caller.company.currency_id)


def shipping_trend(caller: Caller, period: Period) -> Chart | None:
    """Deliveries shipped in the last twelve months."""
    return _trend(operations.SHIPPED, caller, currency="")


def pipeline_funnel(caller: Caller, period: Period) -> Chart | None:
    """How far the deals opened in the last twelve months came, in the company's first pipeline."""
    pipeline = Pipeline.objects.filter(company_id=caller.company_id).order_by("pk").first()
    if pipeline is None or not allowed(sales.PIPELINE, caller):
        return None
    deals = scoped(caller.user, company_deals(caller.company_id), "view", caller.company_id)
    steps = [step for step in funnel(deals=deals, pipeline_id=pipeline.pk) if step.count]
    if not steps:
        return None
    counts = Series(_("Deals"), [Decimal(step.count) for step in steps], ["" for _step in steps])
    return chart(
        "funnel", _("Pipeline: how far deals came"), [step.name for step in steps], [counts], kind="funnel",
        heading=_("Stage"), totals=False, url=sales.PIPELINE.resource.url("list"),
    )  # fmt: skip


def aged_receivables(caller: Caller, period: Period) -> Chart | None:
    """What customers owe today by how long it is due: the largest ones, stacked."""
    if not scoped(caller.user, OpenItem.objects.all(), "view", caller.company_id).exists():
        return None
    report = aged(company_id=caller.company_id, as_of=timezone.localdate())
    rows = sorted(report.rows, key=lambda row: -row.total)[:TOP]
    bounds = report.bounds
    names = [_("Not due"), *(f"{low}–{high}" for low, high in zip([1, *(b + 1 for b in bounds)], bounds, strict=False))]
    names.append(_("over %(days)s days") % {"days": bounds[-1]})
    urls = [f"/sales-invoices/?party={row.party_id}&status=posted" for row in rows]
    series = [Series(name, [row.buckets[number] for row in rows], urls) for number, name in enumerate(names)]
    return chart(
        "aged", _("Receivables by age in days"), [row.party_name for row in rows], series, kind="stacked",
        heading=_("Customer"), currency=caller.company.currency_id, horizontal=True, totals=False,
        url="/sales-invoices/?payment_state=overdue",
    )  # fmt: skip


def top_customers(caller: Caller, period: Period) -> Chart | None:
    """Who ordered most in the period."""
    metric = sales.ORDERS_TAKEN
    if not allowed(metric, caller):
        return None
    rows = metric.rows(caller, period).order_by().values("party_id", "party__name")
    found = list(rows.annotate(total=Sum("net_amount")).order_by("-total", "party_id")[:TOP])
    urls = [metric.url(period, party=str(row["party_id"])) for row in found]
    series = Series(str(metric.label), [row["total"] for row in found], urls)
    return chart(
        "top-customers", _("Top customers"), [row["party__name"] for row in found], [series], kind="bar",
        heading=_("Customer"), currency=caller.company.currency_id, horizontal=True, totals=False,
        url=metric.url(period),
    )  # fmt: skip
