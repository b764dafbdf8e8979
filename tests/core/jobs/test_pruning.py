"""What has done its work goes after its time, in batches; what is open, given up or still needed stays."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config import env
from core.documents import pruning as file_pruning
from core.documents.attachments import attach_file, remove_attachment
from core.documents.models import Attachment
from core.events import pruning as event_pruning
from core.events.models import HandledEvent, OutboxEvent
from core.events.outbox import relay
from core.jobs import pruning as job_pruning
from core.jobs.enums import JobStatus
from core.jobs.models import JobRow, JobRun
from core.jobs.registry import lasting_kinds
from core.jobs.schedules import run_due_schedules
from integration.demo.seeding import KIND as DEMO
from tests.factories.company import CompanyFactory, UserFactory
from tests.factories.parties import PartyFactory

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


def ago(days: float) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


@pytest.fixture(autouse=True)
def _places(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    settings.KEEP_EVENTS_DAYS, settings.KEEP_JOBS_DAYS, settings.KEEP_REMOVED_FILES_DAYS = 30, 90, 365
    for module in (event_pruning, job_pruning, file_pruning):
        monkeypatch.setattr(module, "BATCH", 2)


def event(company: Any, **state: Any) -> OutboxEvent:
    made = OutboxEvent.objects.create(company=company, kind="tests.gone", **state)
    HandledEvent.objects.create(company=company, event=made, handler="tests.handler")
    return made


def test_done_events_go_with_their_notes_and_the_rest_stays() -> None:
    company = CompanyFactory()
    gone = [event(company, done_at=ago(31)) for _ in range(5)]
    kept = [event(company, done_at=ago(29)), event(company), event(company, failed_at=ago(999))]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert event_pruning.prune_events(NOW) == 5
    deletes = [query["sql"] for query in asked if query["sql"].startswith("DELETE")]
    assert len(deletes) == 2 * 3, "two statements a batch, however many rows"
    assert list(OutboxEvent.objects.order_by("pk")) == kept
    assert set(HandledEvent.objects.values_list("event", flat=True)) == {one.pk for one in kept}
    assert relay(gone[0].pk, now=NOW) is True, "a hint that comes after all finds nothing to do"
    assert event_pruning.prune_events(NOW) == 0


def run(company: Any, kind: str = "tests.gone", **state: Any) -> JobRun:
    made = JobRun.objects.create(company=company, kind=kind, **{"status": JobStatus.DONE, **state})
    made.result.save("export.csv", ContentFile(b"a;b"))
    JobRow.objects.create(company=company, run=made, label="row", succeeded=True)
    return made


def test_ended_runs_go_with_their_rows_and_files() -> None:
    company = CompanyFactory()
    gone = [run(company, finished_at=ago(91), status=status) for status in ("done", "failed", "cancelled")]
    kept = [
        run(company, finished_at=ago(89)),
        run(company, status=JobStatus.RUNNING),
        run(company, status=JobStatus.QUEUED, finished_at=ago(91)),
        run(company, DEMO, finished_at=ago(999)),
    ]
    assert job_pruning.prune_jobs(NOW) == 3
    assert list(JobRun.objects.order_by("pk")) == kept
    assert list(JobRow.objects.order_by("pk").values_list("run", flat=True)) == [one.pk for one in kept]
    assert [default_storage.exists(one.result.name) for one in gone] == [False] * 3
    assert [default_storage.exists(one.result.name) for one in kept] == [True] * 4


def test_the_run_that_says_that_a_demo_is_loaded_lasts() -> None:
    assert lasting_kinds() == {DEMO}


def attached(party: Any, user: Any, content: bytes, removed_at: dt.datetime | None) -> Attachment:
    upload = SimpleUploadedFile("note.txt", content)
    made = attach_file(company_id=party.company_id, record=party, upload=upload, user=user, now=NOW)
    return remove_attachment(attachment_id=made.pk, user=user, now=removed_at) if removed_at else made


def test_the_bytes_of_removed_files_go_and_who_removed_them_stays() -> None:
    party, user = PartyFactory(), UserFactory()
    gone = [attached(party, user, b"old %d" % number, ago(366)) for number in range(3)]
    kept = [attached(party, user, b"new", ago(364)), attached(party, user, b"there", None)]
    assert file_pruning.prune_removed_files(NOW) == 3
    rows = Attachment.objects.in_bulk()
    assert [(rows[one.pk].file.name, rows[one.pk].removed_by, rows[one.pk].sha256) for one in gone] == [
        ("", user, one.sha256) for one in gone
    ]
    assert [default_storage.exists(one.file.name) for one in (*gone, *kept)] == [False] * 3 + [True] * 2
    assert file_pruning.prune_removed_files(NOW) == 0


def test_it_is_done_every_day() -> None:
    names = ("events.prune", "jobs.prune", "documents.prune_removed_files")
    assert [name for name in run_due_schedules(now=timezone.now()) if name in names] == list(names)
    assert [name for name in run_due_schedules(now=timezone.now() + dt.timedelta(hours=23)) if name in names] == []


@pytest.mark.parametrize("given", ["0", "-1", "soon", "1.5"])
def test_a_slip_in_a_setting_deletes_nothing(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEBOOK_KEEP_EVENTS_DAYS", given)
    with pytest.raises(ImproperlyConfigured, match="ONEBOOK_KEEP_EVENTS_DAYS"):
        env.days("ONEBOOK_KEEP_EVENTS_DAYS", 30)
