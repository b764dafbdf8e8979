"""Say of each company which template its chart was made from, told by codes that only that template has, and give the
accounts of the Chinese one the kinds that its income statement needs. An account whose kind somebody chose stays."""

from django.db import migrations

FILL = """
INSERT INTO ledger_chart (company_id, template)
SELECT company_id, CASE
    WHEN count(*) FILTER (WHERE code IN ('3103', '5401', '5711')) = 3 THEN 'cn'
    WHEN count(*) FILTER (WHERE code IN ('10100', '40000', '60000')) = 3 THEN 'us' ELSE 'ifrs' END
FROM ledger_account GROUP BY company_id;

UPDATE ledger_account a SET kind = n.now
FROM ledger_chart c, (VALUES
    ('5111', 'other_income', 'investment_income'),
    ('5301', 'other_income', 'non_operating_income'),
    ('5403', 'operating_expense', 'taxes_and_surcharges'),
    ('5601', 'operating_expense', 'selling_expense'),
    ('5602', 'operating_expense', 'admin_expense'),
    ('5711', 'operating_expense', 'non_operating_expense')
) AS n (code, before, now)
WHERE c.company_id = a.company_id AND c.template = 'cn' AND split_part(a.code, '.', 1) = n.code AND a.kind = n.before;

UPDATE ledger_account a SET kind = 'admin_expense' FROM ledger_chart c
WHERE c.company_id = a.company_id AND c.template = 'cn' AND a.code = '5602.04' AND a.kind = 'depreciation';
"""

EMPTY = """
UPDATE ledger_account SET kind = CASE
    WHEN kind IN ('investment_income', 'non_operating_income') THEN 'other_income'
    WHEN kind = 'admin_expense' AND code = '5602.04' THEN 'depreciation' ELSE 'operating_expense' END
WHERE kind IN ('investment_income', 'non_operating_income', 'taxes_and_surcharges', 'selling_expense', 'admin_expense',
    'non_operating_expense');

DELETE FROM ledger_chart;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_chart")]

    operations = [migrations.RunSQL(FILL, EMPTY)]
