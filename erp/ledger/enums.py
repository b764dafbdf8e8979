"""Choices of the ledger, and what each kind of account means for the statements."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Section(models.TextChoices):
    """The five classes of accounts. The first three make the balance sheet, the last two the income statement."""

    ASSETS = "assets", _("Assets")
    LIABILITIES = "liabilities", _("Liabilities")
    EQUITY = "equity", _("Equity")
    INCOME = "income", _("Income")
    EXPENSES = "expenses", _("Expenses")

    @property
    def is_debit(self) -> bool:
        """Whether its balances normally stand on the debit side."""
        return self in (Section.ASSETS, Section.EXPENSES)

    @property
    def in_balance_sheet(self) -> bool:
        return self in (Section.ASSETS, Section.LIABILITIES, Section.EQUITY)


class AccountKind(models.TextChoices):
    """What an account holds. Statements group by kind, never by account number, so a new account falls into place."""

    BANK_CASH = "bank_cash", _("Bank and cash")
    RECEIVABLE = "receivable", _("Trade receivables")
    INVENTORY = "inventory", _("Inventories")
    CURRENT_ASSET = "current_asset", _("Other current assets")
    FIXED_ASSET = "fixed_asset", _("Property, plant and equipment")
    NON_CURRENT_ASSET = "non_current_asset", _("Other non-current assets")
    PAYABLE = "payable", _("Trade payables")
    TAX_LIABILITY = "tax_liability", _("Taxes payable")
    CURRENT_LIABILITY = "current_liability", _("Other current liabilities")
    NON_CURRENT_LIABILITY = "non_current_liability", _("Non-current liabilities")
    CAPITAL = "capital", _("Capital and reserves")
    RETAINED_EARNINGS = "retained_earnings", _("Retained earnings")
    REVENUE = "revenue", _("Revenue")
    OTHER_INCOME = "other_income", _("Other income")
    COST_OF_SALES = "cost_of_sales", _("Cost of sales")
    TAXES_AND_SURCHARGES = "taxes_and_surcharges", _("Taxes and surcharges")
    SELLING_EXPENSE = "selling_expense", _("Selling expenses")
    ADMIN_EXPENSE = "admin_expense", _("Administrative expenses")
    OPERATING_EXPENSE = "operating_expense", _("Operating expenses")
    DEPRECIATION = "depreciation", _("Depreciation and amortisation")
    FINANCE_INCOME = "finance_income", _("Finance income")
    FINANCE_COST = "finance_cost", _("Finance costs")
    INVESTMENT_INCOME = "investment_income", _("Investment income")
    NON_OPERATING_INCOME = "non_operating_income", _("Non-operating income")
    NON_OPERATING_EXPENSE = "non_operating_expense", _("Non-operating expenses")
    INCOME_TAX = "income_tax", _("Income tax")

    @property
    def section(self) -> Section:
        return SECTION_OF[self]


SECTION_OF = {
    AccountKind.BANK_CASH: Section.ASSETS,
    AccountKind.RECEIVABLE: Section.ASSETS,
    AccountKind.INVENTORY: Section.ASSETS,
    AccountKind.CURRENT_ASSET: Section.ASSETS,
    AccountKind.FIXED_ASSET: Section.ASSETS,
    AccountKind.NON_CURRENT_ASSET: Section.ASSETS,
    AccountKind.PAYABLE: Section.LIABILITIES,
    AccountKind.TAX_LIABILITY: Section.LIABILITIES,
    AccountKind.CURRENT_LIABILITY: Section.LIABILITIES,
    AccountKind.NON_CURRENT_LIABILITY: Section.LIABILITIES,
    AccountKind.CAPITAL: Section.EQUITY,
    AccountKind.RETAINED_EARNINGS: Section.EQUITY,
    AccountKind.REVENUE: Section.INCOME,
    AccountKind.OTHER_INCOME: Section.INCOME,
    AccountKind.FINANCE_INCOME: Section.INCOME,
    AccountKind.INVESTMENT_INCOME: Section.INCOME,
    AccountKind.NON_OPERATING_INCOME: Section.INCOME,
    AccountKind.COST_OF_SALES: Section.EXPENSES,
    AccountKind.TAXES_AND_SURCHARGES: Section.EXPENSES,
    AccountKind.SELLING_EXPENSE: Section.EXPENSES,
    AccountKind.ADMIN_EXPENSE: Section.EXPENSES,
    AccountKind.OPERATING_EXPENSE: Section.EXPENSES,
    AccountKind.DEPRECIATION: Section.EXPENSES,
    AccountKind.FINANCE_COST: Section.EXPENSES,
    AccountKind.NON_OPERATING_EXPENSE: Section.EXPENSES,
    AccountKind.INCOME_TAX: Section.EXPENSES,
}


class AccountKey(models.TextChoices):
    """What a posting asks for. Posting rules say which account answers, for everything or for an item category."""

    RECEIVABLE = "receivable", _("Trade receivables")
    PAYABLE = "payable", _("Trade payables")
    REVENUE = "revenue", _("Revenue")
    FREIGHT_REVENUE = "freight_revenue", _("Freight charged to customers")
    COGS = "cogs", _("Cost of goods sold")
    INVENTORY = "inventory", _("Inventory")
    STOCK_INTERIM = "stock_interim", _("Goods delivered, not invoiced")
    GRNI = "grni", _("Goods received, not invoiced")
    PRICE_DIFFERENCE = "price_difference", _("Purchase price difference")
    PURCHASE_VARIANCE = "purchase_variance", _("Purchase variance")
    INVENTORY_DIFFERENCE = "inventory_difference", _("Inventory difference")
    OUTPUT_TAX = "output_tax", _("Output tax")
    INPUT_TAX = "input_tax", _("Input tax")
    BANK = "bank", _("Bank")
    CASH = "cash", _("Cash")
    IN_TRANSIT = "in_transit", _("Payments in transit")
    ROUNDING = "rounding", _("Rounding differences")
    FX_GAIN = "fx_gain", _("Exchange gain")
    FX_LOSS = "fx_loss", _("Exchange loss")
    OPENING_BALANCE = "opening_balance", _("Opening balances")
    RETAINED_EARNINGS = "retained_earnings", _("Retained earnings")
    EXPENSE = "expense", _("Expense")
    DISCOUNT_GIVEN = "discount_given", _("Discount given")
    DISCOUNT_TAKEN = "discount_taken", _("Discount taken")
    CUSTOMER_DEPOSITS = "customer_deposits", _("Customer deposits")
    BAD_DEBT = "bad_debt", _("Bad debts")


class Result(models.TextChoices):
    """The result lines that an income statement may have. A chart template says which it has, and where."""

    GROSS_PROFIT = "gross_profit", _("Gross profit")
    OPERATING_PROFIT = "operating_profit", _("Operating profit")
    PROFIT_BEFORE_TAX = "profit_before_tax", _("Profit before tax")
    NET_PROFIT = "net_profit", _("Net profit")


class JournalKind(models.TextChoices):
    SALES = "sales", _("Sales")
    PURCHASE = "purchase", _("Purchases")
    BANK = "bank", _("Bank and cash")
    STOCK = "stock", _("Stock")
    GENERAL = "general", _("General")
    OPENING = "opening", _("Opening")


class PeriodStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class ManualEntryStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    REVERSED = "reversed", _("Reversed")
    CANCELLED = "cancelled", _("Cancelled")


MANUAL_ENTRY_TRANSITIONS: dict[str, tuple[str, ...]] = {
    ManualEntryStatus.DRAFT: (ManualEntryStatus.POSTED, ManualEntryStatus.CANCELLED),
    ManualEntryStatus.POSTED: (ManualEntryStatus.REVERSED,),
}


class ChartTemplate(models.TextChoices):
    IFRS = "ifrs", _("Generic, in the manner of IFRS")
    US = "us", _("Generic, United States")
    CN = "cn", _("China, accounting standard for small enterprises")
