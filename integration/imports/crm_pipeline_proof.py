"""Every published figure of the hardware pipeline: from the rows of the files, and from the deals."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from core.imports.dataset import Figure, ImportContext
from crm.pipeline.models import Deal
from crm.pipeline.queries import company_deals, win_rate
from integration.imports.proof import rows_url
from integration.imports.values import decimal_of

RATE = Decimal("0.01")


def pipeline_figures(context: ImportContext) -> Iterator[Figure]:
    """Deals by stage, what was won, the win rate, and the best account."""
    rows = list(context.run.rows.filter(table="deals").values_list("data", flat=True))
    deals = company_deals(context.company.pk).filter(external_id__startswith=context.external_id("deals", ""))
    stages = Counter(row["deal_stage"] for row in rows)
    in_book = win_rate(deals=deals)
    yield Figure(_("Deals"), len(rows), deals.count(), rows_url("deals"))
    yield Figure(_("Won"), stages["Won"], in_book.won, rows_url("deals", status="won"))
    yield Figure(_("Lost"), stages["Lost"], in_book.lost, rows_url("deals", status="lost"))
    for stage in ("Engaging", "Prospecting"):
        found = deals.filter(status="open", stage__name=stage)
        pk = found.values_list("stage_id", flat=True).first()
        url = rows_url("deals", status="open", stage=pk) if pk else rows_url("deals", status="open")
        yield Figure(f"{_('Open')}: {stage}", stages[stage], found.count(), url)
    won = {row["account"]: Decimal(0) for row in rows}
    for row in rows:
        if row["deal_stage"] == "Won":
            won[row["account"]] += decimal_of(row["close_value"])
    url = rows_url("deals", status="won")
    yield Figure(_("Won value"), sum(won.values()), in_book.won_amount, url)
    closed = stages["Won"] + stages["Lost"]
    rate = (Decimal(stages["Won"] * 100) / closed).quantize(RATE) if closed else 0
    yield Figure(
        _("Win rate of closed deals in percent"), rate, ((in_book.rate or Decimal(0)) * 100).quantize(RATE), url, 2
    )
    yield from _best_account(deals, won)
    without = deals.filter(Q(party=None))
    yield Figure(
        _("Deals without an account"), sum(not row["account"] for row in rows), without.count(), rows_url("deals")
    )


def _best_account(deals: QuerySet[Deal], won: dict[str, Decimal]) -> Iterator[Figure]:
    best = max(won, key=lambda name: won[name], default="")
    if not best:
        return
    found = deals.filter(status="won", party__name=best)
    party = found.values_list("party_id", flat=True).first()
    amount = found.order_by().aggregate(total=Sum("amount"))["total"] or 0
    url = rows_url("deals", status="won", party=party or "")
    yield Figure(_("Best account: %(name)s") % {"name": best}, won[best], amount, url)
