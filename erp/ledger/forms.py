"""Forms of the ledger."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.catalog.models import TaxSet
from core.company.models import Currency
from core.parties.models import Party
from core.ui.forms import RecordForm
from core.ui.resource import Caller
from erp.ledger.models import Account, Journal, PostingRule, TaxAccount


class AccountForm(RecordForm):
    groups = (
        (_("Account"), ("code", "name", "kind", "parent")),
        (_("Use"), ("is_group", "is_control", "party_required", "currency", "active", "description")),
    )

    class Meta:
        model = Account
        fields = (
            "code", "name", "kind", "parent", "is_group", "is_control", "party_required", "currency", "active",
            "description",
        )  # fmt: skip

    def prepare(self, caller: Caller, record: Account | None) -> None:
        parent: Any = self.fields["parent"]
        parent.queryset = parent.queryset.filter(is_group=True)
        currency: Any = self.fields["currency"]
        currency.empty_label = _("Any")


class JournalForm(RecordForm):
    class Meta:
        model = Journal
        fields = ("code", "name", "kind", "is_default", "active")


class PostingRuleForm(RecordForm):
    class Meta:
        model = PostingRule
        fields = ("key", "item_category", "account")

    def prepare(self, caller: Caller, record: PostingRule | None) -> None:
        only_postable(self.fields["account"])


class TaxAccountForm(RecordForm):
    class Meta:
        model = TaxAccount
        fields = ("tax", "account")

    def prepare(self, caller: Caller, record: TaxAccount | None) -> None:
        only_postable(self.fields["account"])


def only_postable(field: Any) -> None:
    field.queryset = field.queryset.filter(active=True, is_group=False)


class FiscalYearForm(forms.Form):
    year = forms.IntegerField(
        label=_("Year"), min_value=1900, max_value=2999, help_text=_("The calendar year in which the fiscal year ends.")
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 2}))


class ReversalForm(ReasonForm):
    on = forms.DateField(
        label=_("Date of the reversal"),
        required=False,
        help_text=_("Left empty: the entry's own date, or the first day that is open."),
    )
    field_order = ("on", "reason")


class ManualEntryForm(forms.Form):
    document_date = forms.DateField(label=_("Date"))
    journal = forms.ModelChoiceField(Journal.objects.filter(active=True), label=_("Journal"))
    currency = forms.ModelChoiceField(Currency.objects.all(), label=_("Currency"))
    description = forms.CharField(label=_("Description"), max_length=300, required=False)

    def prepare(self, caller: Caller, record: Any) -> None:
        journal: Any = self.fields["journal"]
        journal.queryset = journal.queryset.filter(active=True)


class ManualEntryLineForm(forms.Form):
    account = forms.ModelChoiceField(Account.objects.filter(active=True, is_group=False), label=_("Account"))
    debit = forms.DecimalField(label=_("Debit"), required=False, min_value=0, max_digits=20, decimal_places=4)
    credit = forms.DecimalField(label=_("Credit"), required=False, min_value=0, max_digits=20, decimal_places=4)
    tax_set = forms.ModelChoiceField(TaxSet.objects.filter(active=True), label=_("Taxes"), required=False)
    party = forms.ModelChoiceField(Party.objects.all(), label=_("Party"), required=False)
    description = forms.CharField(label=_("Description"), max_length=300, required=False)
