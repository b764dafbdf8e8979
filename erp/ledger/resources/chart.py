"""Accounts, journals, and the rules by which postings find their accounts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.company.queries import local_date
from core.ui import formats
from core.ui.panels import AttributesPanel, Panel, RelatedPanel
from core.ui.registry import register
from core.ui.requests import caller_of
from core.ui.resource import Caller, Menu, PresetView, Resource, SearchIn
from erp.ledger import forms
from erp.ledger.models import Account, Journal, JournalEntry, PostingRule, TaxAccount
from erp.ledger.queries import account_balance


class BalancePanel(Panel):
    """What stands on the account today; opens its ledger."""

    name = "balance"
    title = _("Balance")
    template = "ui/panels/facts.html"
    side = "side"

    def applies(self, caller: Caller, obj: Account) -> bool:
        return not obj.is_group

    def context(self, request: HttpRequest, obj: Account) -> dict[str, Any]:
        caller = caller_of(request)
        today = local_date(caller.company, caller.now)
        balance = account_balance(company_id=obj.company_id, account_id=obj.pk, as_of=today)
        value = formats.money_with_currency(balance, caller.company.currency_id)
        url = f"{reverse('ledger:general-ledger')}?account={obj.pk}"
        return {
            "facts": [{"label": _t("At the end of %(day)s") % {"day": formats.date(today)}, "value": value, "url": url}]
        }


@register
class AccountResource(Resource):
    model = Account
    slug = "accounts"
    menu = Menu("finance", order=60, icon="list-details")
    columns = ("code", "name", "kind", "parent", "is_group", "is_control", "active")
    more_columns = ("party_required", "currency", "description")
    ordering = "code"
    filters = ("kind", "parent", "is_group", "is_control", "active")
    search = True
    form = forms.AccountForm
    saved_views = (PresetView("postable", _("Without headings"), {"is_group": "0"}),)
    api_fields = (
        "id", "code", "name", "kind", "parent", "is_group", "is_control", "party_required", "currency", "active",
        "description",
    )  # fmt: skip
    panels = (
        AttributesPanel(
            fields=("code", "kind", "parent", "is_group", "is_control", "party_required", "currency", "description")
        ),
        BalancePanel(),
        RelatedPanel(
            name="children",
            title=_("Accounts below"),
            model=Account,
            field="parent",
            columns=("code", "name", "kind"),
            ordering=("code",),
            side="main",
        ),
        RelatedPanel(
            name="rules",
            title=_("Posting rules"),
            model=PostingRule,
            field="account",
            columns=("key", "item_category"),
        ),
    )


@register
class JournalResource(Resource):
    model = Journal
    slug = "journals"
    search = SearchIn(words=("code", "name"))
    menu = Menu("finance", order=70, icon="book")
    columns = ("code", "name", "kind", "is_default", "active")
    ordering = "code"
    filters = ("kind", "is_default", "active")
    form = forms.JournalForm
    panels = (
        AttributesPanel(fields=("code", "kind", "is_default", "active")),
        RelatedPanel(
            name="entries",
            title=_("Latest entries"),
            model=JournalEntry,
            field="journal",
            columns=("number", "entry_date", "description"),
            side="main",
        ),
    )


@register
class PostingRuleResource(Resource):
    model = PostingRule
    slug = "posting-rules"
    search = SearchIn(words=("account__code", "account__name", "item_category__name"))
    menu = Menu("settings", order=80, icon="git-branch")
    columns = ("key", "item_category", "account")
    ordering = "key"
    filters = ("key", "item_category", "account")
    form = forms.PostingRuleForm
    panels = (AttributesPanel(fields=("key", "item_category", "account")),)


@register
class TaxAccountResource(Resource):
    model = TaxAccount
    slug = "tax-accounts"
    search = SearchIn(words=("tax__code", "tax__name", "account__code", "account__name"))
    menu = Menu("settings", order=82, icon="receipt-tax")
    columns = ("tax", "account")
    ordering = "tax__code"
    filters = ("tax", "account")
    form = forms.TaxAccountForm
    panels = (AttributesPanel(fields=("tax", "account")),)
