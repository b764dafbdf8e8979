"""Files and papers on a record's page and over the API: rights follow the record, refusals say why, history stays."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company
from core.documents.attachments import attachments_of
from core.documents.models import Attachment, FrozenPaper
from core.documents.papers import freeze_paper, print_paper, retry_paper
from core.events.models import OutboxEvent
from core.parties.models import Party
from core.ui import registry
from core.ui.record_files import keeps_files
from core.ui.tokens import create_token
from tests.answers import content_of
from tests.factories import factory_for
from tests.factories.company import user_with
from tests.factories.invoicing import SalesInvoiceFactory
from tests.factories.parties import PartyFactory
from tests.ui.conftest import SignIn, text_of

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 nothing"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def party(company: Company) -> Party:
    return PartyFactory(company=company)


def page_of(record: Any, name: str, *args: Any) -> str:
    resource = registry.for_model(type(record))
    assert resource is not None
    return resource.url(name, record.pk, *args)


def upload(client: Client, record: Any, *files: tuple[str, bytes]) -> Any:
    return client.post(page_of(record, "files"), {"file": [SimpleUploadedFile(name, data) for name, data in files]})


def test_a_file_is_attached_shown_downloaded_and_removed(staff: Client, everyone: User, party: Party) -> None:
    assert upload(staff, party, ("Contract.pdf", PDF), ("note.txt", b"hello")).status_code == 302
    kept = attachments_of(party).get(name="Contract.pdf")
    assert (kept.created_by, kept.content_type, kept.size) == (everyone, "application/pdf", len(PDF))
    assert "Contract.pdf" in text_of(staff.get(page_of(party, "detail")))

    answer = staff.get(page_of(party, "file", kept.pk))
    assert content_of(answer) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="Contract.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"

    assert staff.post(page_of(party, "file-remove", kept.pk)).status_code == 302
    assert [one.name for one in attachments_of(party)] == ["note.txt"]
    assert staff.get(page_of(party, "file", kept.pk)).status_code == 404
    history = text_of(staff.get(page_of(party, "history")))
    assert history.count("Contract.pdf") == 2, "attached and removed are both told"


def test_the_same_file_is_kept_once_and_may_come_again_after_it_was_removed(staff: Client, party: Party) -> None:
    upload(staff, party, ("a.pdf", PDF))
    upload(staff, party, ("a.pdf", PDF))
    (kept,) = attachments_of(party)
    staff.post(page_of(party, "file-remove", kept.pk))
    upload(staff, party, ("a.pdf", PDF))
    assert attachments_of(party).count() == 1
    assert Attachment.objects.count() == 2


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (("page.html", b"<script>alert(1)</script>"), "type"),
        (("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "type"),
        (("lies.pdf", b"MZ\x90\x00"), "type"),
        (("empty.pdf", b""), "Choose between"),
        (("large.txt", b"x" * 2000), "larger"),
    ],
)
def test_a_refused_file_says_why_and_keeps_none_of_its_company(
    staff: Client, party: Party, settings: Any, refused: tuple[str, bytes], reason: str
) -> None:
    settings.ATTACHMENT_MAX_BYTES = 1000
    answer = upload(staff, party, ("good.txt", b"good"), refused) if refused[1] else upload(staff, party)
    assert answer.status_code == 422
    assert reason in text_of(answer)
    assert Attachment.objects.count() == 0


def test_rights_follow_the_record(company: Company, party: Party, sign_in: SignIn, staff: Client) -> None:
    upload(staff, party, ("a.pdf", PDF))
    (kept,) = attachments_of(party)
    reader = sign_in(user_with(Role.AUDITOR, company))
    page = text_of(reader.get(page_of(party, "detail")))
    assert "a.pdf" in page
    assert page_of(party, "file-remove", kept.pk) not in page
    assert reader.get(page_of(party, "file", kept.pk)).status_code == 200
    assert upload(reader, party, ("b.pdf", PDF + b"2")).status_code == 403
    assert reader.post(page_of(party, "file-remove", kept.pk)).status_code == 403
    other = PartyFactory(company=company)
    assert staff.get(page_of(other, "file", kept.pk)).status_code == 404
    stranger = PartyFactory()
    assert [staff.get(page_of(stranger, name)).status_code for name in ("files",)] == [404]
    assert upload(staff, stranger, ("b.pdf", PDF)).status_code == 404


def test_documents_and_the_records_that_say_so_keep_files() -> None:
    kept = {resource.slug for resource in registry.all_resources() if keeps_files(resource)}
    assert kept >= {"parties", "items", "leads", "deals", "sales-orders", "sales-invoices", "payments", "receipts"}
    assert kept.isdisjoint({"units", "stages", "journal-lines", "stock-moves"})
    for slug in kept:
        names = [panel.name for panel in registry.get(slug).panels]
        assert names.count("files") == 1, slug


@pytest.mark.parametrize("slug", [r.slug for r in registry.all_resources() if keeps_files(r)])
def test_every_page_with_files_walls_them(slug: str, stranger_company: Company, staff: Client) -> None:
    """Another company's record has no files, no upload and no paper, whatever its kind."""
    resource = registry.get(slug)
    record = factory_for(resource.model)(company=stranger_company)
    urls = [resource.url("files", record.pk), resource.url("file", record.pk, 1), resource.url("paper", record.pk, 1)]
    assert [staff.get(url).status_code for url in urls] == [404, 404, 404]
    posts = [
        resource.url("files", record.pk),
        resource.url("file-remove", record.pk, 1),
        resource.url("paper-retry", record.pk, 1),
    ]
    assert [staff.post(url).status_code for url in posts] == [404, 404, 404]


# ---- papers ----


@pytest.fixture
def paper(company: Company) -> FrozenPaper:
    invoice = SalesInvoiceFactory(company=company)
    data = {"title": "Invoice", "seller": {"name": "S", "lines": [], "footer": ""}, "party": {"name": "P", "lines": []}}
    return freeze_paper(invoice, template="pdf/sales_invoice.html", data=data, language="en", company_id=company.pk)


def invoice_of(paper: FrozenPaper) -> Any:
    found = paper.record.resolve()
    assert found is not None
    return found


def test_a_paper_is_being_made_then_opens(staff: Client, paper: FrozenPaper) -> None:
    invoice = invoice_of(paper)
    page = text_of(staff.get(page_of(invoice, "detail")))
    panel = page_of(invoice, "panel", "paper")
    assert "Being made" in page
    assert f'hx-get="{panel}"' in page
    assert staff.get(page_of(invoice, "paper", paper.pk)).status_code == 404

    printed = print_paper(paper_id=paper.pk)
    fragment = text_of(staff.get(panel))
    assert "Ready" in fragment
    assert "hx-get" not in fragment
    answer = staff.get(page_of(invoice, "paper", paper.pk))
    assert (answer["Content-Type"], answer.content) == ("application/pdf", bytes(printed.content))
    assert answer["Content-Disposition"].startswith("inline")
    assert staff.get(page_of(invoice, "paper", paper.pk), {"download": 1})["Content-Disposition"].startswith("attach")


def test_a_failed_paper_is_ordered_again(staff: Client, paper: FrozenPaper) -> None:
    invoice = invoice_of(paper)
    OutboxEvent.objects.update(failed_at=timezone.now(), attempts=8, last_error="broken")
    page = text_of(staff.get(page_of(invoice, "detail")))
    assert "Could not be made" in page
    assert "broken" not in page
    assert staff.post(page_of(invoice, "paper-retry", paper.pk)).status_code == 302
    event = OutboxEvent.objects.get()
    assert (event.failed_at, event.attempts, event.last_error) == (None, 0, "")
    OutboxEvent.objects.all().delete()
    retry_paper(paper_id=paper.pk, now=timezone.now())
    assert OutboxEvent.objects.get().payload == {"paper_id": paper.pk}
    print_paper(paper_id=paper.pk)
    OutboxEvent.objects.all().delete()
    retry_paper(paper_id=paper.pk, now=timezone.now())
    assert OutboxEvent.objects.count() == 0, "a printed paper stays as it is"


# ---- API ----


@pytest.fixture
def token(everyone: User) -> dict[str, str]:
    _token, secret = create_token(user=everyone, now=timezone.now(), name="test")
    return {"Authorization": f"Bearer {secret}"}


def test_the_api_keeps_files_as_the_page_does(party: Party, token: dict[str, str], client: Client) -> None:
    base = f"/api/v1/parties/{party.pk}/attachments/"
    sent = client.post(base, {"file": SimpleUploadedFile("a.pdf", PDF)}, headers=token)
    assert sent.status_code == 201, sent.content
    row = sent.json()
    assert sent["Location"].endswith(f"{base}{row['id']}/")
    assert client.get(base, headers=token).json() == {"results": [row]}
    assert content_of(client.get(f"{base}{row['id']}/", headers=token)) == PDF
    refused = client.post(base, {"file": SimpleUploadedFile("a.html", b"<p>")}, headers=token)
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "file_refused", "file")
    assert client.post(base, {}, headers=token).json()["field"] == "file"
    assert client.post(f"{base}{row['id']}/remove/", headers=token).status_code == 200
    assert client.get(base, headers=token).json() == {"results": []}
    assert client.get(base).status_code == 401
    foreign = f"/api/v1/parties/{PartyFactory().pk}/attachments/"
    assert client.get(foreign, headers=token).status_code == 404
    assert client.post(foreign, {"file": SimpleUploadedFile("a.pdf", PDF)}, headers=token).status_code == 404


def test_a_reading_token_attaches_nothing(party: Party, everyone: User, client: Client) -> None:
    _token, secret = create_token(user=everyone, now=timezone.now(), name="test", scopes="parties:read")
    headers = {"Authorization": f"Bearer {secret}"}
    base = f"/api/v1/parties/{party.pk}/attachments/"
    assert client.get(base, headers=headers).status_code == 200
    assert client.post(base, {"file": SimpleUploadedFile("a.pdf", PDF)}, headers=headers).status_code == 403


def test_the_api_gives_the_paper_when_it_is_ready(paper: FrozenPaper, token: dict[str, str], client: Client) -> None:
    base = f"/api/v1/sales-invoices/{paper.record_id}/paper/"
    waits = client.get(base, headers=token)
    assert (waits.status_code, waits["Retry-After"], json.loads(waits.content)) == (202, "3", {"status": "waiting"})
    OutboxEvent.objects.update(failed_at=timezone.now())
    failed = client.get(base, headers=token)
    assert (failed.status_code, failed.json()["code"]) == (409, "paper_failed")
    assert client.post(f"{base}retry/", headers=token).status_code == 202
    printed = print_paper(paper_id=paper.pk)
    assert client.get(base, headers=token).content == bytes(printed.content)
    draft = SalesInvoiceFactory(company=invoice_of(paper).company)
    assert client.get(f"/api/v1/sales-invoices/{draft.pk}/paper/", headers=token).status_code == 404
