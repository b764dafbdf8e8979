"""The wizard in the browser's terms and over the API: every step an address, every refusal on its page."""

import csv
import io
import zipfile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.imports.models import ImportFile, ImportRun, StagedRow
from core.jobs.models import JobRun
from core.jobs.operations import execute_job
from core.parties.models import Party
from core.ui.imports import operations
from core.ui.tokens import create_token
from tests.factories.company import MembershipFactory, UserFactory
from tests.ui.conftest import api_client, text_of
from tests.ui.imports.conftest import csv_file

pytestmark = pytest.mark.django_db
PARTIES = "Customer ID,Company,Country\nC-1,Blue Lantern,Germany\nC-2,Far Harbour,Atlantis\nC-3,,France\n"


def signed_in(user):
    client = Client()
    client.force_login(user)
    session = client.session
    session["mfa_present"] = True
    session.save()
    return client


@pytest.fixture
def browser(administrator):
    return signed_in(administrator)


def upload(client, file, kind="parties"):
    return client.post("/imports/new/", {"dataset": kind, "file": file})


def test_from_the_file_to_the_records_and_back(browser, company):
    answer = upload(browser, csv_file(PARTIES, "customers.csv"))
    run = ImportRun.objects.get()
    base = f"/imports/{run.pk}/"
    assert (answer.status_code, answer["Location"]) == (302, f"{base}actions/check/")
    page = browser.get(f"{base}actions/check/")
    assert [row.value for row in page.context["form"].fields["columns"].widget.rows] == [
        "external_id",
        "name",
        "country",
    ]

    columns = {"columns-0": "external_id", "columns-1": "name", "columns-2": "country", "options-0": "supplier"}
    assert browser.post(f"{base}actions/check/", columns).status_code == 302
    question = run.questions.get()
    assert (question.topic, question.value, question.rows) == ("country", "Atlantis", 1)
    assert [word for word in question.choices if word in ("AT", "Austria")] == ["Austria"]
    assert browser.get(f"{base}actions/answer/").status_code == 200
    assert browser.post(f"{base}actions/answer/", {f"answers-{question.pk}": "Utopia"}).status_code == 422
    assert browser.post(f"{base}actions/answer/", {f"answers-{question.pk}": ":empty"}).status_code == 302

    text = text_of(browser.get(base))
    assert "Name: This field is required." in text
    rows = list(csv.reader(io.StringIO(text_of(browser.get(f"{base}rows.csv?outcome=refused")).removeprefix("\ufeff"))))
    assert rows == [
        ["Customer ID", "Company", "Country", "Row", "Result", "Reason"],
        ["C-3", "", "France", "4", "Error", "Name: This field is required."],
    ]
    assert browser.post(f"{base}actions/commit/", {"rows_policy": "all"}).status_code == 422
    assert Party.objects.count() == 0
    assert browser.post(f"{base}actions/commit/", {"rows_policy": "good"}).status_code == 302
    found = Party.objects.order_by("external_id").values_list("external_id", "name", "country", "is_supplier")
    assert list(found) == [("C-1", "Blue Lantern", "DE", True), ("C-2", "Far Harbour", "", True)]
    assert "2 new records are deleted" in text_of(browser.get(f"{base}actions/undo/"))
    assert browser.post(f"{base}actions/undo/").status_code == 302
    assert (Party.objects.count(), ImportRun.objects.get().status) == (0, "undone")


def test_a_large_file_is_worked_by_a_job(browser, company, acting, monkeypatch):
    monkeypatch.setattr(operations, "AT_ONCE_ROWS", 1)
    upload(browser, csv_file("Customer ID,Company\nC-1,Blue Lantern\nC-2,Far Harbour\n"))
    run = ImportRun.objects.get()
    assert browser.post(f"/imports/{run.pk}/actions/check/", {}).status_code == 302
    job = JobRun.objects.get()
    assert (job.kind, job.params["run"], job.status) == ("imports.check", run.pk, "queued")
    assert "hx-get" in text_of(browser.get(f"/imports/{run.pk}/"))
    again = browser.post(f"/imports/{run.pk}/actions/check/", {})
    assert (again.status_code, JobRun.objects.count()) == (422, 1)
    execute_job(job.pk, now=acting["now"])
    job.refresh_from_db()
    assert (job.status, job.summary) == ("done", "2 New")
    assert browser.get(f"/imports/{run.pk}/progress/")["HX-Refresh"] == "true"


def workbook(rows):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return SimpleUploadedFile("table.xlsx", target.getvalue())


def poisoned(parts):
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["Company"], ["Blue"]]).read())) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for entry in source.infolist():
            archive.writestr(entry.filename, parts.get(entry.filename, source.read(entry.filename)))
        for name in parts.keys() - set(source.namelist()):
            archive.writestr(name, parts[name])
    return SimpleUploadedFile("table.xlsx", target.getvalue())


ENTITY = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="2" uniqueCount="2">'
    "<si><t>Company</t></si><si><t>&e;</t></si></sst>"
)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="2" uniqueCount="2">'
    "<si><t>Company</t></si><si><t>&b;</t></si></sst>"
)


@pytest.mark.parametrize(
    "file",
    [
        csv_file(""),
        csv_file("Company\n"),
        csv_file(",".join(f"c{n}" for n in range(1_000_000)) + "\n1\n"),
        csv_file("Company,Country\n" + "x" * 2_000_000 + ",DE\n"),
        csv_file('Company,Country\n"Blue,DE\nRed,FR\n'),
        csv_file('Company,Country\n"Blue"x,DE\n'),
        csv_file(b"\xff\xd8\xff\xe0 no table \xff" * 50, "picture.csv"),
        SimpleUploadedFile("bomb.xlsx", b"PK\x03\x04 broken"),
        poisoned({"xl/bomb.xml": b"0" * 60_000_000}),
    ],
    ids=["empty", "header", "million columns", "long", "open quote", "odd quote", "picture", "broken zip", "zip bomb"],
)
def test_poison_is_refused_at_the_upload_and_leaves_nothing(browser, company, file):
    file.seek(0)
    answer = upload(browser, file)
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"] or answer.context["errors"]
    assert (ImportRun.objects.count(), ImportFile.objects.count(), StagedRow.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("text", [ENTITY, LAUGHS], ids=["external entity", "entities in entities"])
def test_entities_of_a_workbook_are_never_resolved(browser, company, text):
    answer = upload(browser, poisoned({"xl/sharedStrings.xml": text}))
    samples = list(ImportRun.objects.values_list("columns__samples", flat=True))
    assert answer.status_code in (302, 422)
    assert not any("root:" in str(sample) or "lol" in str(sample) for sample in samples)


@pytest.mark.parametrize(
    "content",
    [
        "Company;Country\nMüller;Österreich\n".encode(),
        "\ufeffCompany,Country\nMüller,Österreich\n".encode(),
        "Company\tCountry\nMüller\tÖsterreich\n".encode("utf-16"),
        "Company,Country\nMüller,Österreich\n".encode("utf-16-le"),
        "Company,Country\nMüller,Österreich\n".encode("cp1252"),
        "Company,Country\nMü\x00ller,Österreich\n".encode(),
    ],
    ids=["semicolon", "mark", "utf-16", "utf-16 without mark", "windows", "nul"],
)
def test_one_table_however_it_is_written(uploaded, content):
    run = uploaded("parties", content, check=False)
    assert list(run.columns.order_by("position").values_list("name", "field", "samples")) == [
        ("Company", "name", "Müller"),
        ("Country", "country", "Österreich"),
    ]


def test_a_row_with_more_values_than_columns_is_refused_alone(uploaded):
    run = uploaded("parties", "Company,Country\nBlue,DE,extra\nRed,FR\n")
    assert list(run.rows.order_by("pk").values_list("number", "outcome", "message")) == [
        (2, "error", "The row has more values than the header has columns: extra"),
        (3, "new", ""),
    ]


@pytest.mark.parametrize("kind", ["parties", "items", "leads", "deals", "sales-orders"])
def test_the_template_of_a_kind_maps_itself(browser, company, kind, acting):
    for form in ("csv", "xlsx"):
        content = b"".join(browser.get(f"/imports/templates/{kind}.{form}"))
        run = operations.upload_import(
            company_id=company.pk, dataset=kind, file=SimpleUploadedFile(f"t.{form}", content), **acting
        )
        assert list(run.columns.filter(field="").values_list("name", flat=True)) == []


def test_others_see_neither_the_pages_nor_the_rows(uploaded, company):
    run = uploaded("parties", PARTIES)
    seller = UserFactory()
    MembershipFactory(user=seller, company=company, role=Role.SALESPERSON)
    client = signed_in(seller)
    for path in ("", "rows/", "rows.csv", "progress/", "actions/commit/", "actions/undo/"):
        assert client.get(f"/imports/{run.pk}/{path}").status_code == 404
    warehouse = UserFactory()
    MembershipFactory(user=warehouse, company=company, role=Role.WAREHOUSE)
    assert signed_in(warehouse).get("/imports/").status_code == 403
    assert signed_in(warehouse).get("/imports/templates/parties.csv").status_code == 404


def test_the_same_over_the_api(company, administrator):
    call = api_client(administrator)
    token = {"headers": {"Authorization": _token(administrator), "Idempotency-Key": "one"}}
    client = Client()
    sent = [
        client.post("/api/v1/imports/", {"dataset": "parties", "file": csv_file(text)}, **token)
        for text in (PARTIES, PARTIES, "Company\nOther\n")
    ]
    assert [answer.status_code for answer in sent] == [201, 201, 409]
    assert sent[0].json()["id"] == sent[1].json()["id"]
    path = f"imports/{sent[0].json()['id']}"
    checked = call("post", f"{path}/check/", {"columns": {"0": "external_id", "1": "name", "2": ""}})
    assert (checked.status_code, checked.json()["status"]) == (200, "checked")
    refused = call("post", f"{path}/commit/", {"rows_policy": "all"})
    assert (refused.status_code, refused.json()["code"]) == (409, "rows_refused")
    done = call("post", f"{path}/commit/", {"rows_policy": "good"})
    assert (done.status_code, done.json()["status"], Party.objects.count()) == (200, "done", 2)
    assert call("post", f"{path}/undo/", {}).json()["status"] == "undone"
    assert Party.objects.count() == 0


def _token(user):
    return f"Bearer {create_token(user=user, now=timezone.now(), name='upload', scopes='read write')[1]}"
