"""Exports: no cell becomes a formula, numbers stay numbers, large ones go through a job."""

import csv
import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from core.access.models import User
from core.company.models import Company
from core.jobs.models import JobRun
from core.jobs.operations import execute_job
from core.parties.models import Party
from core.ui import export, registry
from core.ui.export import csv_value, formula_plain, formula_safe
from core.ui.listing import Listing
from core.ui.resource import Caller
from tests.answers import content_of
from tests.factories.parties import PartyFactory
from tests.ui.conftest import text_of

DANGEROUS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "x;=cmd|' /C calc'!A0", "a,@b", " =1", "'=1", "＝1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_starts_a_formula(text: str) -> None:
    safe = formula_safe(text)
    assert safe != text
    for separator in (None, ";", ",", "|", "\t", "\r"):
        for part in safe.split(separator) if separator else [safe]:
            assert not part.strip(" ").startswith(("=", "+", "-", "@", "＝")), (text, safe)
    assert formula_plain(safe) == text


@given(st.text(alphabet="=+-@'; ,|\t\r\na1＝", max_size=12))
def test_safe_text_comes_back_as_it_was(text: str) -> None:
    assert formula_plain(formula_safe(text)) == text


def test_plain_text_and_numbers_are_left_alone() -> None:
    assert [formula_safe(text) for text in ("Müller & Co", "a-b", "3 = 3", "发票")] == [
        "Müller & Co",
        "a-b",
        "3 = 3",
        "发票",
    ]
    assert [csv_value(value) for value in (Decimal("-5.5000"), Decimal("0E-8"), -3, Decimal(1200))] == [
        "-5.5",
        "0",
        -3,
        "1200",
    ]


@pytest.mark.django_db
def test_both_formats_hold_what_the_list_shows(staff: Client, company: Company) -> None:
    for text in DANGEROUS:
        PartyFactory(company=company, name=f"{text}", country="DE", credit_limit=5)
    PartyFactory(company=company, name="elsewhere", country="FR")
    staff.post("/parties/columns/", {"columns": ["name", "credit_limit", "country"]})
    query = "country=DE&sort=-name"
    rows = list(
        csv.reader(
            io.StringIO(text_of(staff.get(f"/parties/export/?format=csv&{query}")).removeprefix("\ufeff"), newline="")
        )
    )
    shown = [row.title for row in staff.get(f"/parties/?{query}").context["rows"]]
    assert rows[0] == ["Name", "Credit limit", "Country"]
    assert [formula_plain(row[0]) for row in rows[1:]] == shown
    assert {row[1] for row in rows[1:]} == {"5"}
    response = staff.get(f"/parties/export/?format=xlsx&{query}")
    book = CalamineWorkbook.from_filelike(io.BytesIO(content_of(response)))
    sheet = book.get_sheet_by_index(0).to_python()
    assert sheet[0] == ["Name", "Credit limit", "Country"]
    assert [row[0] for row in sheet[1:]] == shown
    assert {row[1] for row in sheet[1:]} == {5.0}
    about = dict(row[:2] for row in book.get_sheet_by_name("About").to_python())
    assert (about["Company"], about["Filter: country"], about["Rows"]) == (str(company), "DE", str(len(shown)))
    assert "As of" in about


@pytest.mark.django_db
def test_a_moment_stays_one_in_the_readers_time(staff: Client, company: Company, everyone: User) -> None:
    PartyFactory(company=company)
    Party.objects.update(created_at=dt.datetime(2026, 3, 1, 22, 30, 40, tzinfo=dt.UTC))
    User.objects.filter(pk=everyone.pk).update(time_zone="Asia/Shanghai")
    staff.post("/parties/columns/", {"columns": ["created_at"]})
    assert text_of(staff.get("/parties/export/?format=csv")).splitlines()[1] == "2026-03-02 06:30"
    response = staff.get("/parties/export/?format=xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(content_of(response)))
    assert book.get_sheet_by_index(0).to_python()[1] == [dt.datetime(2026, 3, 2, 6, 30)]


@pytest.mark.django_db
def test_the_file_name_says_what_is_inside(caller: Caller) -> None:
    listing = Listing(registry.get("parties"), caller, QueryDict("q=nord&country=DE"))
    name = export.file_name(listing, "csv")
    assert name.startswith("parties_nord-de_")
    assert name.endswith(".csv")


@pytest.fixture
def small_files(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports over two rows go to a job, whose file lands in a folder of the test."""
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr(export, "INLINE_ROWS", 2)


@pytest.mark.django_db
@pytest.mark.usefixtures("small_files")
def test_a_large_export_is_a_job(staff: Client, company: Company, caller: Caller) -> None:
    for number in range(4):
        PartyFactory(company=company, name=f"P{number}")
    response = staff.get("/parties/export/?format=csv")
    run = JobRun.objects.get(kind="ui.export")
    assert response.url == f"/jobs/{run.pk}/"
    execute_job(run.pk, now=caller.now)
    run.refresh_from_db()
    assert (run.status, run.done) == ("done", 4)
    assert staff.get(f"/jobs/{run.pk}/").context["result_url"] == f"/jobs/{run.pk}/result/"
    rows = list(csv.reader(io.StringIO(text_of(staff.get(f"/jobs/{run.pk}/result/")).removeprefix("\ufeff"))))
    assert [row[0] for row in rows] == ["Name", "P0", "P1", "P2", "P3"]
