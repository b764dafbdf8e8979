"""The hardware pipeline: what is misspelt is asked, what was won enters as won, and the published figures come out."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Sum

from core.company.models import Company
from core.parties.models import Party
from crm.pipeline.models import Deal, StageLog
from crm.pipeline.queries import company_deals, win_rate
from erp.orders.models import SalesOrder
from integration.demo.people import make_people
from tests.factories.company import CompanyFactory
from tests.integration.imports.data import DATA, needs_crm_pipeline
from tests.reporting.imported import assert_pipeline_is_shown

pytestmark = [pytest.mark.django_db, needs_crm_pipeline]
ANSWERS = {
    "country": {"Korea": "South Korea", "Philipines": "Philippines"},
    "product": {"GTXPro": "GTX Pro"},
    "sector": {"technolgy": "technology"},
}


def run(*arguments):
    out = StringIO()
    call_command("import_dataset", "crm_pipeline", str(DATA / "crm_pipeline"), *arguments, stdout=out)
    return out.getvalue()


def test_unknown_values_are_asked_with_a_suggestion_and_nothing_is_written(capsys):
    out = StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("import_dataset", "crm_pipeline", str(DATA / "crm_pipeline"), stdout=out)
    assert stop.value.code == 2
    assert "product 'GTXPro', 1480 rows. Suggested: 'GTX Pro'" in out.getvalue()
    assert json.loads(out.getvalue()[out.getvalue().index("{") :]) == ANSWERS
    assert (Company.objects.count(), Deal.objects.count(), Party.objects.count()) == (0, 0, 0)


def test_people_of_the_demo_company_may_open_the_imported_one(tmp_path):
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(ANSWERS))
    asked = ("--answers", str(answers), "--dry-run")
    assert "nobody may open it yet" in run(*asked)
    make_people(CompanyFactory(is_demo=True))
    said = run(*asked)
    assert "Clara Norden (director@demo.example)" in said
    assert "accountant@demo.example" not in said  # would need a second factor


def test_the_published_figures_come_out_and_twice_changes_nothing(tmp_path):
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(ANSWERS))
    run("--answers", str(answers))
    company = Company.objects.get(code="crm_pipeline")
    deals = company_deals(company.pk)
    states = {
        "won": deals.filter(status="won").count(),
        "lost": deals.filter(status="lost").count(),
        "engaging": deals.filter(status="open", stage__name="Engaging").count(),
        "prospecting": deals.filter(status="open", stage__name="Prospecting").count(),
    }
    assert states == {"won": 4238, "lost": 2473, "engaging": 1589, "prospecting": 500}
    rate = win_rate(deals=deals)
    assert rate.won_amount == Decimal(10_005_534)
    assert round(rate.rate * 100, 2) == Decimal("63.15")
    best = deals.filter(status="won").values("party__name").annotate(value=Sum("amount")).order_by("-value").first()
    assert best == {"party__name": "Kan-code", "value": Decimal(341_455)}
    assert deals.filter(party=None).count() == 1425
    assert deals.filter(party=None, status="open").count() == 1425
    assert SalesOrder.objects.count() == 0
    assert Party.objects.filter(parent__isnull=False).count() == 15
    assert StageLog.objects.filter(status="won").count() == 4238
    assert_pipeline_is_shown(company)

    before = (Deal.objects.count(), StageLog.objects.count(), Party.objects.count())
    run("--answers", str(answers))
    assert (Deal.objects.count(), StageLog.objects.count(), Party.objects.count()) == before
