"""The reports of the ledger on the API: the same queries as the pages, money as strings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import policies
from core.ui.api.problems import BadRequest
from core.ui.api.viewsets import CompanyApi
from core.whole_numbers import id_or_nobody, whole_number
from erp.ledger.models import Account, JournalLine
from erp.ledger.queries import (
    LedgerCursor,
    balance_sheet,
    general_ledger,
    income_statement,
    trial_balance,
    year_start,
)
from erp.ledger.queries.general_ledger import AccountLedger
from erp.ledger.queries.statements import StatementGroup, StatementSection, Subtotal

MAX_LINES = 1000
COMPANY = OpenApiParameter("company", str, description="Id or code of the company; needed with several.")
AS_OF = OpenApiParameter("as_of", dt.date, description="The day at whose end the figures stand; today when left out.")
DATE_FROM = OpenApiParameter("date_from", dt.date, description="First day; the start of the fiscal year when left out.")
DATE_TO = OpenApiParameter("date_to", dt.date, description="Last day; today when left out.")
ACCOUNT = OpenApiParameter("account", str, description="Id or code of one account; all when left out.")
AFTER = OpenApiParameter("after", str, description="Where the page begins: `next` of the page before.")
LIMIT = OpenApiParameter("limit", int, description="Lines a page, 100 when left out.")
ANSWER = {200: OpenApiTypes.OBJECT}


class ReportApi(CompanyApi):
    """Base of the reports."""

    scope_name = "reports"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not policies.may(self.caller.user, "view", JournalLine, self.caller.company_id):
            raise PermissionDenied(_("Your role does not include the books of the company."))
        self.quantum = self.caller.company.currency.quantum

    def amount(self, value: Decimal) -> str:
        """Money as a string with the decimals of the company's currency."""
        return str(value.quantize(self.quantum))

    def framed(self, **more: Any) -> dict[str, Any]:
        company = self.caller.company
        return {"company": company.code, "currency": company.currency_id, **more}

    def day(self, name: str) -> dt.date | None:
        """:raises BadRequest: when the parameter is no day."""
        text = self.request.query_params.get(name, "")
        try:
            found = parse_date(text) if text else None
        except ValueError:
            found = None
        if text and found is None:
            raise BadRequest(
                _("%(value)s is not a day.") % {"value": text[:40]},
                code="invalid_date",
                field=name,
                hint=_("Write it as 2026-03-31."),
            )
        return found

    def days(self) -> tuple[dt.date, dt.date]:
        """First and last day asked for; `as_of` is another word for the last."""
        end = self.day("date_to") or self.day("as_of") or timezone.localdate()
        start = self.day("date_from") or year_start(self.caller.company, end)
        if end < start:
            raise BadRequest(_("The last day lies before the first."), code="days_reversed", field="date_to")
        return start, end


class TrialBalanceApi(ReportApi):
    @extend_schema(parameters=[COMPANY, AS_OF, DATE_FROM, DATE_TO], responses=ANSWER)
    def list(self, request: Request) -> Response:
        """Opening balance, turnover and closing balance of every account; balances are positive in debit."""
        start, end = self.days()
        balance = trial_balance(company_id=self.caller.company_id, date_from=start, date_to=end)
        rows = [
            {
                "account": row.account_id,
                "code": row.code,
                "name": row.name,
                "kind": row.kind,
                "opening": self.amount(row.opening),
                "debit": self.amount(row.debit),
                "credit": self.amount(row.credit),
                "closing": self.amount(row.closing),
            }
            for row in balance.rows
        ]
        totals = {
            "opening": self.amount(balance.total_opening),
            "debit": self.amount(balance.total_debit),
            "credit": self.amount(balance.total_credit),
            "closing": self.amount(balance.total_debit_balance - balance.total_credit_balance),
            "debit_balance": self.amount(balance.total_debit_balance),
            "credit_balance": self.amount(balance.total_credit_balance),
        }
        return Response(self.framed(date_from=start, date_to=end, as_of=end, rows=rows, totals=totals))


class StatementApi(ReportApi):
    """What both statements share."""

    def group(self, group: StatementGroup) -> dict[str, Any]:
        rows = [
            {"account": row.account_id, "code": row.code, "name": row.name, "amount": self.amount(row.amount)}
            for row in group.rows
        ]
        return {
            "kind": group.kind.value,
            "label": str(group.label),
            "rows": rows,
            "total": self.amount(group.total),
        }


class BalanceSheetApi(StatementApi):
    @extend_schema(parameters=[COMPANY, AS_OF], responses=ANSWER)
    def list(self, request: Request) -> Response:
        """Assets, liabilities and equity at the end of a day, the earnings of the running year computed."""
        as_of = self.day("as_of") or self.day("date_to") or timezone.localdate()
        sheet = balance_sheet(company_id=self.caller.company_id, as_of=as_of)
        totals = {
            "assets": self.amount(sheet.assets.total),
            "liabilities": self.amount(sheet.liabilities.total),
            "equity": self.amount(sheet.equity.total),
            "liabilities_and_equity": self.amount(sheet.liabilities_and_equity),
        }
        sections = [self.section(section) for section in sheet.sections]
        earnings = self.amount(sheet.earnings)
        return Response(
            self.framed(as_of=as_of, sections=sections, totals=totals, earnings=earnings, balanced=sheet.is_balanced)
        )

    def section(self, section: StatementSection) -> dict[str, Any]:
        return {
            "section": section.section.value,
            "label": str(section.label),
            "groups": [self.group(group) for group in section.groups],
            "total": self.amount(section.total),
        }


class IncomeStatementApi(StatementApi):
    @extend_schema(parameters=[COMPANY, AS_OF, DATE_FROM, DATE_TO], responses=ANSWER)
    def list(self, request: Request) -> Response:
        """What was earned and spent in a time, with its results; `order` names kinds and results from the top."""
        start, end = self.days()
        statement = income_statement(company_id=self.caller.company_id, date_from=start, date_to=end)
        results = {part.result.value: self.amount(part.amount) for part in statement.subtotals}
        order = [part.result.value if isinstance(part, Subtotal) else part.kind.value for part in statement.parts]
        groups = [self.group(group) for group in statement.groups]
        return Response(self.framed(date_from=start, date_to=end, groups=groups, results=results, order=order))


class GeneralLedgerApi(ReportApi):
    @extend_schema(parameters=[COMPANY, AS_OF, DATE_FROM, DATE_TO, ACCOUNT, AFTER, LIMIT], responses=ANSWER)
    def list(self, request: Request) -> Response:
        """Journal lines by account with a running balance, page by page."""
        start, end = self.days()
        page = general_ledger(
            company_id=self.caller.company_id,
            date_from=start,
            date_to=end,
            account_id=self.account(),
            after=self.after(),
            limit=self.limit(),
        )
        accounts = [self.ledger(account) for account in page.accounts]
        following = str(page.next) if page.next else None
        return Response(self.framed(date_from=start, date_to=end, accounts=accounts, next=following))

    def ledger(self, account: AccountLedger) -> dict[str, Any]:
        lines = [
            {
                "id": line.line_id,
                "entry": line.entry_id,
                "number": line.number,
                "entry_date": line.entry_date,
                "description": line.description,
                "party": line.party_id,
                "party_label": line.party_name,
                "source_number": line.source_number,
                "debit": self.amount(line.debit),
                "credit": self.amount(line.credit),
                "balance": self.amount(line.balance),
            }
            for line in account.lines
        ]
        return {
            "account": account.account_id,
            "code": account.code,
            "name": account.name,
            "opening": self.amount(account.opening),
            "carried": self.amount(account.carried),
            "debit": self.amount(account.turnover.debit),
            "credit": self.amount(account.turnover.credit),
            "closing": self.amount(account.closing),
            "lines": lines,
        }

    def account(self) -> int | None:
        wanted = self.request.query_params.get("account", "")
        if not wanted:
            return None
        accounts = Account.objects.filter(company_id=self.caller.company_id)
        by_id = accounts.filter(pk=id_or_nobody(wanted))
        found = accounts.filter(code=wanted).first() or by_id.first()
        if found is None:
            raise BadRequest(
                _("There is no account %(account)s.") % {"account": wanted[:40]},
                code="unknown_account",
                field="account",
            )
        return found.pk

    def after(self) -> LedgerCursor | None:
        text = self.request.query_params.get("after", "")
        try:
            return LedgerCursor.parse(text) if text else None
        except ValueError as error:
            raise BadRequest(
                _("This cursor does not belong to the general ledger."), code="invalid_cursor", field="after"
            ) from error

    def limit(self) -> int:
        text = self.request.query_params.get("limit", "100")
        limit = whole_number(text, most=MAX_LINES)
        if not limit:
            raise BadRequest(
                _("A page has between 1 and %(most)s lines.") % {"most": MAX_LINES}, code="invalid_limit", field="limit"
            )
        return limit


urlpatterns = [
    path("reports/trial-balance/", TrialBalanceApi.as_view({"get": "list"}), name="report-trial-balance"),
    path("reports/balance-sheet/", BalanceSheetApi.as_view({"get": "list"}), name="report-balance-sheet"),
    path("reports/income-statement/", IncomeStatementApi.as_view({"get": "list"}), name="report-income-statement"),
    path("reports/general-ledger/", GeneralLedgerApi.as_view({"get": "list"}), name="report-general-ledger"),
]
report_urls = urlpatterns
