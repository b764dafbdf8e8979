"""Papers are printed from frozen data, once, and reach nothing."""

import pytest
from django.db import DatabaseError, transaction

from core.documents.models import PrintedPaper
from core.documents.papers import freeze_paper, print_paper
from core.documents.pdf import ClosedFetcher
from core.parties.models import Party
from tests.conftest import as_owner
from tests.factories.parties import PartyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def template(settings, tmp_path):
    (tmp_path / "paper.html").write_text("<h1>{{ title }}</h1><p>发票 {{ total }}</p><img src='file:///etc/passwd'>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    return "paper.html"


def freeze(template, **data):
    party = Party.objects.first() or PartyFactory()
    return freeze_paper(party, template=template, data=data, language="en", company_id=party.company_id)


def test_a_paper_is_frozen_once(template):
    first = freeze(template, title="Invoice", total="1.00")
    again = freeze(template, title="Changed", total="9.00")
    assert again == first
    assert again.data == {"title": "Invoice", "total": "1.00"}


def test_printing_twice_gives_the_same_bytes(template):
    paper = freeze(template, title="Invoice", total="1.00")
    first = print_paper(paper_id=paper.pk)
    again = print_paper(paper_id=paper.pk)
    assert bytes(first.content)[:5] == b"%PDF-"
    assert again.pk == first.pk
    assert PrintedPaper.objects.count() == 1


def test_nothing_is_fetched():
    for url in ("file:///etc/passwd", "http://127.0.0.1:1/", "ftp://example.com/x"):
        with pytest.raises(Exception, match=r"allowed|protocol|scheme"):
            ClosedFetcher().fetch(url)


@pytest.mark.django_db(transaction=True)
def test_a_frozen_paper_cannot_be_changed_even_by_the_owner(template):
    with transaction.atomic():
        paper = freeze(template, title="Invoice", total="1.00")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        type(paper).objects.filter(pk=paper.pk).update(template="other")
    with as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        type(paper).objects.filter(pk=paper.pk).update(template="other")
