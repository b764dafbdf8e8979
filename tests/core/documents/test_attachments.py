"""A file on disk and its row live and die together."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from core.documents.attachments import FileRefusedError, attach_file
from core.documents.models import Attachment
from tests.factories.company import UserFactory
from tests.factories.parties import PartyFactory


@pytest.fixture
def place(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def attach(party: Any, content: bytes) -> Attachment:
    upload = SimpleUploadedFile("note.txt", content)
    user = party.created_by or UserFactory()
    return attach_file(company_id=party.company_id, record=party, upload=upload, user=user, now=timezone.now())


@transaction.atomic
def attach_some(party: Any, *contents: bytes) -> None:
    """All or none, each within a savepoint of its own."""
    for content in contents:
        with transaction.atomic():
            attach(party, content)


def kept(place: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in place.rglob("*") if path.is_file())


@pytest.mark.django_db
def test_a_file_goes_with_the_savepoint_that_is_rolled_back(place: Path) -> None:
    party = PartyFactory()
    with transaction.atomic():
        attach(party, b"first")
        with pytest.raises(FileRefusedError):
            attach_some(party, b"second", b"third", b"")
        attach(party, b"fourth")
    assert kept(place) == [b"first", b"fourth"]
    assert Attachment.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("commits", [True, False])
def test_a_file_goes_with_the_transaction_that_is_rolled_back(place: Path, commits: bool) -> None:
    with transaction.atomic():
        party = PartyFactory()
    with transaction.atomic():
        attach(party, b"once")
        transaction.set_rollback(not commits)
    assert kept(place) == ([b"once"] if commits else [])
    with transaction.atomic():
        transaction.set_rollback(True)
    assert kept(place) == ([b"once"] if commits else []), "a later rollback undoes nothing of an earlier commit"
