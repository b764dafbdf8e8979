"""The kinds that the income statement of the Chinese template needs, and which template a chart was made from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("company", "0003_invitations"),
        ("ledger", "0003_last_hash"),
    ]

    operations = [
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(
                choices=[
                    ("bank_cash", "Bank and cash"),
                    ("receivable", "Trade receivables"),
                    ("inventory", "Inventories"),
                    ("current_asset", "Other current assets"),
                    ("fixed_asset", "Property, plant and equipment"),
                    ("non_current_asset", "Other non-current assets"),
                    ("payable", "Trade payables"),
                    ("tax_liability", "Taxes payable"),
                    ("current_liability", "Other current liabilities"),
                    ("non_current_liability", "Non-current liabilities"),
                    ("capital", "Capital and reserves"),
                    ("retained_earnings", "Retained earnings"),
                    ("revenue", "Revenue"),
                    ("other_income", "Other income"),
                    ("cost_of_sales", "Cost of sales"),
                    ("taxes_and_surcharges", "Taxes and surcharges"),
                    ("selling_expense", "Selling expenses"),
                    ("admin_expense", "Administrative expenses"),
                    ("operating_expense", "Operating expenses"),
                    ("depreciation", "Depreciation and amortisation"),
                    ("finance_income", "Finance income"),
                    ("finance_cost", "Finance costs"),
                    ("investment_income", "Investment income"),
                    ("non_operating_income", "Non-operating income"),
                    ("non_operating_expense", "Non-operating expenses"),
                    ("income_tax", "Income tax"),
                ],
                max_length=24,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="accountevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("bank_cash", "Bank and cash"),
                    ("receivable", "Trade receivables"),
                    ("inventory", "Inventories"),
                    ("current_asset", "Other current assets"),
                    ("fixed_asset", "Property, plant and equipment"),
                    ("non_current_asset", "Other non-current assets"),
                    ("payable", "Trade payables"),
                    ("tax_liability", "Taxes payable"),
                    ("current_liability", "Other current liabilities"),
                    ("non_current_liability", "Non-current liabilities"),
                    ("capital", "Capital and reserves"),
                    ("retained_earnings", "Retained earnings"),
                    ("revenue", "Revenue"),
                    ("other_income", "Other income"),
                    ("cost_of_sales", "Cost of sales"),
                    ("taxes_and_surcharges", "Taxes and surcharges"),
                    ("selling_expense", "Selling expenses"),
                    ("admin_expense", "Administrative expenses"),
                    ("operating_expense", "Operating expenses"),
                    ("depreciation", "Depreciation and amortisation"),
                    ("finance_income", "Finance income"),
                    ("finance_cost", "Finance costs"),
                    ("investment_income", "Investment income"),
                    ("non_operating_income", "Non-operating income"),
                    ("non_operating_expense", "Non-operating expenses"),
                    ("income_tax", "Income tax"),
                ],
                max_length=24,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="Chart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "template",
                    models.CharField(
                        choices=[
                            ("ifrs", "Generic, in the manner of IFRS"),
                            ("us", "Generic, United States"),
                            ("cn", "China, accounting standard for small enterprises"),
                        ],
                        max_length=8,
                        verbose_name="template",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="company.company",
                        verbose_name="company",
                    ),
                ),
            ],
            options={
                "verbose_name": "chart of accounts",
                "verbose_name_plural": "charts of accounts",
                "ordering": ("company",),
                "constraints": [models.UniqueConstraint(models.F("company"), name="ledger_chart_once")],
            },
        ),
    ]
