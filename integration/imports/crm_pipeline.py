"""A hardware seller's accounts, products, sales teams and 8,800 deals. Deals that were won in the past enter as won,
without orders; deals without an account stay without a customer.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access.enums import Role
from core.access.models import User
from core.catalog.lines import LineData
from core.catalog.models import Item, Unit
from core.company.models import Company, Membership, Team
from core.documents.references import RecordRef
from core.imports.dataset import Dataset, Figure, ImportContext, Option, Step, Table, made, refuse
from core.imports.enums import Outcome
from core.imports.models import StagedRow
from core.parties.enums import PartyKind
from core.parties.models import Party
from crm.pipeline.enums import DealStatus
from crm.pipeline.imports import DealInput, import_deals
from crm.pipeline.models import CloseReason, Pipeline, Stage, StageLog
from integration.imports.crm_pipeline_proof import pipeline_figures
from integration.imports.masters import MasterStep, PartyStep, Values
from integration.imports.people import salesperson
from integration.imports.undoing import delete_unreferenced
from integration.imports.values import ValueRefusedError, country_of, date_of, decimal_of, noon

DEAL = "pipeline.deal"
UNKNOWN = "Not recorded"
SECTORS = (
    "employment", "entertainment", "finance", "marketing", "medical", "retail", "services", "software", "technology",
    "telecommunications",
)  # fmt: skip
STATUSES = {
    "Won": DealStatus.WON,
    "Lost": DealStatus.LOST,
    "Engaging": DealStatus.OPEN,
    "Prospecting": DealStatus.OPEN,
}


def _account(row: StagedRow, context: ImportContext) -> Values | None:
    data = row.data
    sector = context.resolve("sector", data["sector"], SECTORS)
    country = country_of(context, data["office_location"])
    if sector is None or country is None:
        return None
    facts = (_("Founded"), data["year_established"]), (_("Revenue in millions"), data["revenue"])
    notes = [f"{label}: {value}" for label, value in (*facts, (_("Employees"), data["employees"])) if value]
    return {
        "name": data["account"],
        "kind": PartyKind.ORGANISATION,
        "is_customer": True,
        "industry": sector,
        "country": country,
        "notes": "\n".join(notes),
    }


class AccountStep(PartyStep):
    """Accounts, and after the last of them who belongs to whom: the source names a parent by its text."""

    def __init__(self) -> None:
        super().__init__("accounts", _account)

    def check(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        super().check(rows, context)
        names = {row.key for row in rows}
        for row in rows:
            parent = row.data["subsidiary_of"].strip()
            if parent and parent not in names:
                refuse(row, _("There is no account %s to belong to.") % parent)

    def finish(self, context: ImportContext) -> None:
        accounts = context.records(Party, "accounts")
        for row in context.run.rows.filter(table="accounts"):
            parent = accounts.get(row.data["subsidiary_of"].strip())
            account = accounts.get(row.key)
            if account is not None and parent is not None and account.parent_id != parent.pk:
                account.parent = parent
                account.version += 1
                account.save(update_fields=["parent", "version", "updated_at"])


class ProductStep(MasterStep):
    table = "products"

    def read(self, row: StagedRow, context: ImportContext) -> Values:
        return {"name": row.key, "list_price": decimal_of(row.data["sales_price"]), "sku": row.key[:60]}

    def write(self, row: StagedRow, values: Values, context: ImportContext) -> Item:
        unit, _new = Unit.objects.get_or_create(
            company=context.company, name="Unit", defaults={"symbol": "unit", "category": "count"}
        )
        return Item.objects.update_or_create(
            company=context.company,
            external_id=context.external_id(self.table, row.key),
            defaults=values | {"unit": unit},
        )[0]


class TeamStep(Step):
    """Sales people with their manager's team. They cannot sign in until an administrator invites them."""

    table = "teams"

    def commit(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        for row in rows:
            made(row, member(context.company, row.key, row.data["manager"], row.data["regional_office"]))

    def undo(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        keys = [row.record.id for row in rows if row.record]
        Membership.objects.filter(company=context.company, user_id__in=keys).delete()
        for row in rows:
            row.undo_note = _("The user stays, without a role in the company.")

    def foresee(self, rows: QuerySet[StagedRow]) -> str:
        return _("%s people lose their role in the company; their users stay.") % rows.count()


def member(company: Company, agent: str, manager: str, region: str) -> User:
    """The agent, in the team of the manager."""
    lead = salesperson(company, manager, role=Role.SALES_MANAGER)
    team, _new = Team.objects.get_or_create(company=company, name=f"{region} · {manager}", defaults={"lead": lead})
    return salesperson(company, agent, team)


class DealStep(Step):
    table = "deals"
    batch_size = 2000

    def check(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        products = {row.key for row in context.run.rows.filter(table="products")}
        accounts = {row.key for row in context.run.rows.filter(table="accounts")}
        agents = {row.key for row in context.run.rows.filter(table="teams")}
        for row in rows:
            data = row.data
            context.resolve("product", data["product"], products)
            if data["deal_stage"] not in STATUSES:
                refuse(row, _("%s is no stage of a deal.") % data["deal_stage"])
            elif data["account"] and data["account"] not in accounts:
                refuse(row, _("There is no account %s.") % data["account"])
            elif data["sales_agent"] not in agents:
                refuse(row, _("%s is in no sales team.") % data["sales_agent"])
            else:
                self._check_values(row)

    @staticmethod
    def _check_values(row: StagedRow) -> None:
        try:
            opened, closed = date_of(row.data["engage_date"], "dmy"), date_of(row.data["close_date"], "dmy")
            decimal_of(row.data["close_value"])
        except ValueRefusedError as reason:
            refuse(row, reason)
            return
        is_closed = STATUSES[row.data["deal_stage"]] != DealStatus.OPEN
        if is_closed and (closed is None or opened is None or closed < opened):
            refuse(row, _("A closed deal needs the day it began and a later one on which it ended."))

    def commit(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        shared = self._shared(context)
        past = {row.key: self._past(row, context, shared) for row in rows if self._is_new(row)}
        written = import_deals(
            company_id=context.company.pk, deals=list(past.values()), user=context.user, now=context.now
        )
        for row in rows:
            if row.key in past:
                row.record = RecordRef(DEAL, written[past[row.key].external_id])

    @staticmethod
    def _is_new(row: StagedRow) -> bool:
        if row.outcome == Outcome.UPDATE:
            refuse(row, _("The deal was imported before and differs now; change it in Onebook."))
        return row.outcome == Outcome.NEW

    @staticmethod
    def _shared(context: ImportContext) -> dict[str, Any]:
        """What every batch needs, read once a run."""
        if "deals" not in context.memory:
            pipeline = _pipeline(context)
            sales = Membership.objects.filter(company=context.company, role=Role.SALESPERSON)
            memberships = sales.filter(accepted_at__isnull=False)
            reasons = CloseReason.objects.filter(company=context.company, name=UNKNOWN)
            context.memory["deals"] = {
                "stages": {stage.name: stage for stage in pipeline.stages.all()},
                "people": {member.user.name: member for member in memberships.select_related("user")},
                "reasons": {reason.kind: reason.pk for reason in reasons},
                "items": context.records(Item, "products"),
                "accounts": context.records(Party, "accounts"),
            }
        shared: dict[str, Any] = context.memory["deals"]
        return shared

    def _past(self, row: StagedRow, context: ImportContext, shared: dict[str, Any]) -> DealInput:
        data = row.data
        status = STATUSES[data["deal_stage"]]
        item = shared["items"][context.resolve("product", data["product"], shared["items"])]
        opened, closed = date_of(data["engage_date"], "dmy"), date_of(data["close_date"], "dmy")
        account = shared["accounts"].get(data["account"])
        person = shared["people"][data["sales_agent"]]
        amount = decimal_of(data["close_value"])
        stage = data["deal_stage"] if status == DealStatus.OPEN else "Engaging"
        return DealInput(
            external_id=context.external_id(self.table, row.key),
            title=f"{item.name} · {account.name}" if account else f"{item.name} · {row.key}",
            stage_id=shared["stages"][stage].pk,
            status=status,
            amount=amount,
            currency_id=context.company.currency_id,
            opened_at=noon(opened) if opened else context.now,
            closed_at=noon(closed) if closed and status != DealStatus.OPEN else None,
            party_id=account.pk if account else None,
            owner_id=person.user_id,
            team_id=person.team_id,
            close_reason_id=shared["reasons"].get(status),
            lines=[LineData(item_id=item.pk, description=item.name, unit_id=item.unit_id, unit_price=amount)],
        )

    def foresee(self, rows: QuerySet[StagedRow]) -> str:
        return _("%s deals stay: their stage log is a record of what happened.") % rows.count()

    def undo(self, rows: Sequence[StagedRow], context: ImportContext) -> None:
        """The stage log keeps its facts, so deals with a log stay; the others go."""
        keys = [row.record.id for row in rows if row.record]
        logged = set(StageLog.objects.filter(deal_id__in=keys).values_list("deal_id", flat=True))
        delete_unreferenced([row for row in rows if row.record and row.record.id not in logged])
        for row in rows:
            if row.record and row.record.id in logged:
                row.undo_note = _("The deal stays: its stage log is a record of what happened.")


def _pipeline(context: ImportContext) -> Pipeline:
    """The source's two open stages, with the stated probabilities."""
    company = context.company
    pipeline, _new = Pipeline.objects.get_or_create(
        company=company, external_id=context.external_id("pipeline", "1"), defaults={"name": "Hardware", "position": 1}
    )
    for position, name in enumerate(("Prospecting", "Engaging")):
        probability = decimal_of(str(context.run.options[name.lower()]))
        Stage.objects.get_or_create(
            company=company, pipeline=pipeline, name=name, defaults={"position": position, "probability": probability}
        )
    for kind in (DealStatus.WON, DealStatus.LOST):
        CloseReason.objects.get_or_create(company=company, kind=kind, name=UNKNOWN)
    return pipeline


class CrmPipeline(Dataset):
    """The data set; see the module."""

    code = "crm_pipeline"
    label = gettext_lazy("Hardware pipeline")
    first_year, country, currency_code, template = 2016, "US", "USD", "us"
    tables = (
        Table("accounts", "accounts.csv", ("account",), ("sector", "office_location", "subsidiary_of")),
        Table("products", "products.csv", ("product",), ("sales_price",)),
        Table("teams", "sales_teams.csv", ("sales_agent",), ("manager", "regional_office")),
        Table("deals", "sales_pipeline.csv", ("opportunity_id",), ("sales_agent", "product", "account", "deal_stage")),
    )
    options = (
        Option("prospecting", gettext_lazy("Probability of prospecting, in percent"), "10"),
        Option("engaging", gettext_lazy("Probability of engaging, in percent"), "50"),
    )

    def steps(self) -> Sequence[Step]:
        return (AccountStep(), ProductStep(), TeamStep(), DealStep())

    def notes(self, context: ImportContext) -> Sequence[str]:
        undated = context.run.rows.filter(table="deals", data__engage_date="").count()
        return [_("%s deals bear no date and count as opened on the day of the import.") % undated]

    def proof(self, context: ImportContext) -> Sequence[Figure]:
        return list(pipeline_figures(context))
