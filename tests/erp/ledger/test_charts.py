"""Chart templates and the set-up of a company's ledger."""

import datetime as dt

import pytest

from core.catalog.enums import TaxDirection
from erp.ledger.charts import chart
from erp.ledger.enums import AccountKey, AccountKind, ChartTemplate, JournalKind, Section
from erp.ledger.errors import NoPostingRuleError
from erp.ledger.models import Account, AccountingPeriod, FiscalYear, Journal, PostingRule, TaxAccount
from erp.ledger.queries import accounts_for, tax_account_id
from erp.ledger.setup import set_up_ledger
from tests.factories.catalog import ItemCategoryFactory, TaxFactory
from tests.factories.company import CompanyFactory
from tests.factories.ledger import NOW, account, company_with_ledger

EVERY = pytest.mark.parametrize("template", list(ChartTemplate))
KIND_OF_KEY = {
    AccountKey.RECEIVABLE: AccountKind.RECEIVABLE,
    AccountKey.PAYABLE: AccountKind.PAYABLE,
    AccountKey.REVENUE: AccountKind.REVENUE,
    AccountKey.COGS: AccountKind.COST_OF_SALES,
    AccountKey.INVENTORY: AccountKind.INVENTORY,
    AccountKey.STOCK_INTERIM: AccountKind.INVENTORY,
    AccountKey.GRNI: AccountKind.PAYABLE,
    AccountKey.BANK: AccountKind.BANK_CASH,
    AccountKey.OUTPUT_TAX: AccountKind.TAX_LIABILITY,
    AccountKey.RETAINED_EARNINGS: AccountKind.RETAINED_EARNINGS,
}


JUDGED = (AccountKey.DISCOUNT_GIVEN, AccountKey.DISCOUNT_TAKEN, AccountKey.INVENTORY_DIFFERENCE, AccountKey.FX_GAIN)


@pytest.mark.parametrize(
    ("template", "kinds"),
    [
        (ChartTemplate.IFRS, ["revenue", "cost_of_sales", "cost_of_sales", "finance_income"]),
        (ChartTemplate.US, ["revenue", "cost_of_sales", "cost_of_sales", "finance_income"]),
        (ChartTemplate.CN, ["finance_cost", "finance_cost", "non_operating_expense", "non_operating_income"]),
    ],
)
def test_what_standards_place_differently(template, kinds):
    """A settlement discount taken lowers the cost of what was bought, and one given lowers revenue. China's standard
    for small enterprises books both as finance costs, and what is found or missing in stock as non-operating."""
    found = {key: row.kind.value for row in chart(template) for key in row.keys}
    assert [found[key] for key in JUDGED] == kinds


@EVERY
def test_a_template_answers_every_key_once(template):
    keys = [key for row in chart(template) for key in row.keys]
    assert sorted(keys) == sorted(AccountKey)


@EVERY
def test_a_template_has_the_size_and_shape_of_a_chart(template):
    rows = chart(template)
    postable = [row for row in rows if "group" not in row.flags]
    codes = [row.code for row in rows]
    assert 60 <= len(postable) <= 110
    assert len(set(codes)) == len(codes)
    assert {row.kind.section for row in postable} == set(Section)
    assert all(row.parent in codes[: codes.index(row.code)] for row in rows if row.parent)
    assert {row.parent for row in rows if row.parent} == {row.code for row in rows if "group" in row.flags}
    assert all(row.flags <= {"group", "control", "party"} for row in rows)
    assert not any(row.keys for row in rows if "group" in row.flags)


@EVERY
def test_keys_lead_to_accounts_of_the_right_kind(template):
    found = {key: row for row in chart(template) for key in row.keys}
    assert {key: found[key].kind for key in KIND_OF_KEY} == KIND_OF_KEY
    controls = {key for key, row in found.items() if "control" in row.flags}
    assert controls == {
        AccountKey.RECEIVABLE,
        AccountKey.PAYABLE,
        AccountKey.INVENTORY,
        AccountKey.STOCK_INTERIM,
        AccountKey.GRNI,
    }
    assert "party" in found[AccountKey.RECEIVABLE].flags & found[AccountKey.PAYABLE].flags


def test_the_chinese_chart_speaks_chinese():
    names = {row.code: row.name for row in chart(ChartTemplate.CN)}
    assert (names["1002"], names["1122"], names["2221.01"]) == ("银行存款", "应收账款", "应交增值税——销项税额")
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in name) for name in names.values())


@EVERY
@pytest.mark.django_db
def test_a_company_gets_its_ledger(template):
    company = company_with_ledger(template, first_year=2025)
    assert Account.objects.filter(company=company).count() == len(chart(template))
    assert PostingRule.objects.filter(company=company).count() == len(AccountKey)
    journals = Journal.objects.filter(company=company, is_default=True)
    assert sorted(journals.values_list("kind", flat=True)) == sorted(JournalKind)
    assert list(FiscalYear.objects.filter(company=company).values_list("year", flat=True)) == [2026, 2025]
    assert AccountingPeriod.objects.filter(company=company, status="open").count() == 24
    parent = Account.objects.filter(company=company, parent__isnull=False).order_by("code").first().parent
    assert parent.is_group


@pytest.mark.django_db
def test_setting_up_twice_changes_nothing():
    company = company_with_ledger()
    Account.objects.filter(company=company, code="1010").update(name="Our bank")
    before = counts()
    set_up_ledger(company_id=company.pk, template="us", user=None, now=NOW, first_year=2025)
    assert counts() == before
    assert account(company, "1010").name == "Our bank"


def counts():
    return [model.objects.count() for model in (Account, Journal, PostingRule, FiscalYear, AccountingPeriod)]


@pytest.mark.django_db
def test_years_follow_the_companys_calendar():
    company = company_with_ledger(first_year=2026, fiscal_year_start_month=2)
    years = FiscalYear.objects.filter(company=company).order_by("year").values_list("year", "start_date")
    assert list(years) == [(2026, dt.date(2025, 2, 1)), (2027, dt.date(2026, 2, 1))]


@pytest.mark.django_db
def test_a_first_year_to_come_is_opened_alone():
    company = CompanyFactory()
    set_up_ledger(company_id=company.pk, user=None, now=NOW, first_year=2027)
    assert list(FiscalYear.objects.filter(company=company).values_list("year", flat=True)) == [2027]


# Which account answers


@pytest.mark.django_db
def test_the_general_rule_answers():
    company = company_with_ledger()
    book = accounts_for(company.pk, [AccountKey.REVENUE, AccountKey.COGS])
    assert book.account_id(AccountKey.REVENUE) == account(company, "4000").pk
    assert book.account_id(AccountKey.COGS, ItemCategoryFactory(company=company).pk) == account(company, "5000").pk


@pytest.mark.django_db
def test_the_nearest_category_answers_before_the_general_rule():
    company = company_with_ledger()
    far = ItemCategoryFactory(company=company)
    near = ItemCategoryFactory(company=company, parent=far)
    leaf = ItemCategoryFactory(company=company, parent=near)
    other = ItemCategoryFactory(company=company)
    for category, code in ((far, "4010"), (near, "4020")):
        PostingRule.objects.create(
            company=company, key=AccountKey.REVENUE, item_category=category, account=account(company, code)
        )
    ids = [far.pk, near.pk, leaf.pk, other.pk, None]
    book = accounts_for(company.pk, [AccountKey.REVENUE], ids)
    found = [Account.objects.get(pk=book.account_id(AccountKey.REVENUE, pk)).code for pk in ids]
    assert found == ["4010", "4020", "4020", "4000", "4000"]


@pytest.mark.django_db
def test_a_key_without_a_rule_is_refused():
    company = company_with_ledger()
    PostingRule.objects.filter(company=company, key=AccountKey.COGS).delete()
    with pytest.raises(NoPostingRuleError) as refusal:
        accounts_for(company.pk, [AccountKey.COGS]).account_id(AccountKey.COGS)
    assert refusal.value.params == {"key": "cogs"}


@pytest.mark.django_db
def test_rules_of_other_companies_do_not_answer():
    company_with_ledger()
    with pytest.raises(NoPostingRuleError):
        accounts_for(CompanyFactory().pk, [AccountKey.COGS]).account_id(AccountKey.COGS)


@pytest.mark.django_db
def test_a_tax_has_its_own_account_or_that_of_its_direction():
    company = company_with_ledger()
    special, usual = TaxFactory(company=company), TaxFactory(company=company)
    TaxAccount.objects.create(company=company, tax=special, account=account(company, "2110"))
    codes = [
        Account.objects.get(pk=tax_account_id(company.pk, tax, direction)).code
        for tax, direction in (
            (special.pk, TaxDirection.SALE),
            (usual.pk, "sale"),
            (usual.pk, TaxDirection.PURCHASE),
            (None, TaxDirection.SALE),
        )
    ]
    assert codes == ["2110", "2100", "1300", "2100"]
