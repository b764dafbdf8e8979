"""Every form of the house, also of pages that belong to no Resource: none offers a privilege that is not written down
here (QUALITY 29), and none takes a file that has no limit (QUALITY 37)."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse

from core.documents.models import Attachment
from core.imports.models import ImportFile
from tests.security.test_mass_assignment import PROTECTED
from tests.security.world import World

PACKAGES = ("config", "core", "crm", "erp", "integration", "reporting")
ROOT = Path(__file__).resolve().parents[2]
# Beside what only operations write: whose something is, and what somebody may.
PRIVILEGES = PROTECTED | {"owner", "team", "user", "role", "roles", "scopes", "memberships", "permissions"}
SELLING = {"owner", "team"}  # whose work it is; the choices are colleagues (`test_only_colleagues_can_be_chosen`)
OFFERED: dict[str, set[str]] = {
    # Roles and teams of one's own company, and no role that one does not hold: tests/access/test_people.py.
    "core.ui.views.people.InviteForm": {"roles", "team"},
    "core.ui.resources.parties.AssignForm": SELLING,
    "core.ui.resources.parties.PartyForm": SELLING,
    "core.ui.resources.party_details.TaxIdForm": {"number"},  # the party's own number at its tax office
    "core.ui.resources.prices.PriceListForm": {"groups"},  # of customers
    "crm.campaigns.forms.CampaignForm": {"owner"},
    "crm.contacts.forms.InteractionForm": {"owner"},
    "crm.contacts.forms.PlanForm": {"owner"},
    "crm.contacts.forms.TaskForm": {"owner"},
    "crm.leads.forms.AssignForm": SELLING,
    "crm.leads.forms.CaptureFormForm": SELLING,
    "crm.leads.forms.LeadForm": SELLING,
    "crm.pipeline.forms.DealForm": SELLING,
    "crm.pipeline.forms.OwnerForm": {"owner"},
    "crm.pipeline.import_kinds.DealImportForm": SELLING,
    "crm.tickets.forms.AnswerForm": {"external_id"},  # the message's name in the system that it came from
    "crm.tickets.forms.AssignForm": {"team"},
    "crm.tickets.forms.CustomerMessageForm": {"external_id"},
    "crm.tickets.forms.NoteForm": {"external_id"},
    "crm.tickets.forms.TicketForm": {"team"},
    "erp.banking.forms.PaymentForm": SELLING,
    "erp.invoicing.forms.SalesInvoiceForm": SELLING,
    "erp.orders.forms.documents.QuotationForm": SELLING,
    "erp.orders.forms.documents.SalesOrderForm": SELLING,
    "erp.purchasing.forms.PurchaseOrderForm": SELLING,
}
# Fields that a file comes in by or lies in → the test that shows its limit.
FORM_FILES = {"core.ui.imports.forms.UploadForm.file": "tests.security.test_every_form.test_a_large_table_is_refused"}
MODEL_FILES = {
    "documents.Attachment.file": "tests.security.test_uploads.test_too_much_is_refused",
    "imports.ImportFile.file": "tests.security.test_every_form.test_a_large_table_is_refused",
    "jobs.JobRun.result": "",  # written by a job of ours; no form and no program can send it
}
# Code that takes files from a request by hand → the same.
READERS = {
    "core/ui/views/files.py": "tests.security.test_uploads.test_too_much_is_refused",
    "core/ui/api/files.py": "tests.security.test_every_form.test_a_program_attaches_no_large_file",
    # They hand what came to a form, whose fields are in FORM_FILES.
    "core/ui/views/action.py": "",
    "core/ui/views/form.py": "",
}


@cache
def every_form() -> dict[str, type[forms.BaseForm]]:
    """Dotted name → form, of all modules of the house."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if "migrations" not in module.name and not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    found = {f"{form.__module__}.{form.__qualname__}": form for form in descendants(forms.BaseForm)}
    return {name: form for name, form in found.items() if name.split(".")[0] in PACKAGES}


def descendants(kind: type) -> Iterator[type]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


def fields_of(form: type[forms.BaseForm]) -> dict[str, forms.Field]:
    return dict(getattr(form, "base_fields", {}))


def test_no_form_offers_a_privilege_that_is_not_written_down() -> None:
    found = {name: PRIVILEGES & set(fields_of(form)) for name, form in every_form().items()}
    assert len(found) > 130
    assert {name: names for name, names in found.items() if names} == OFFERED


def test_forms_of_records_name_their_fields() -> None:
    for name, form in every_form().items():
        if issubclass(form, forms.BaseModelForm) and form._meta.model is not None:
            assert form._meta.fields not in (None, "__all__"), f"{name}: say which fields"
            assert form._meta.exclude is None, f"{name}: name the fields that are in, not those that are out"


def test_every_field_that_takes_a_file_is_known() -> None:
    found = {
        f"{name}.{field_name}"
        for name, form in every_form().items()
        for field_name, field in fields_of(form).items()
        if isinstance(field, forms.FileField | forms.FilePathField)
    }
    assert found == set(FORM_FILES)
    stored = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.FileField | models.FilePathField)
    }
    assert stored == set(MODEL_FILES)


def test_all_code_that_takes_files_from_a_request_is_known() -> None:
    found = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"\.FILES\b|FileUploadParser", path.read_text(encoding="utf-8"))
    }
    assert found == set(READERS)


@pytest.mark.parametrize("name", sorted({*FORM_FILES.values(), *MODEL_FILES.values(), *READERS.values()} - {""}))
def test_each_of_them_has_its_test(name: str) -> None:
    module, _dot, function = name.rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))


def test_a_large_table_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("forms", "operations"):
        monkeypatch.setattr(f"core.ui.imports.{module}.MAX_UPLOAD", 1000)
    content, browser, before = b"Company\n" + b"x" * 1000, world.browser(world.everyone), ImportFile.objects.count()
    for url, headers in (("/imports/new/", {}), ("/api/v1/imports/", world.token(world.everyone))):
        data = {"dataset": "parties", "file": SimpleUploadedFile("large.csv", content)}
        answer = browser.post(url, data, headers=headers)
        assert answer.status_code == 422, url
        assert b"The file is larger than" in answer.content, url
    assert ImportFile.objects.count() == before


def test_a_program_attaches_no_large_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ATTACHMENT_MAX_BYTES", 1000)
    before = Attachment.objects.count()
    url = reverse("api:deals-attachments", args=(world.records["deals"].pk,))
    data = {"file": SimpleUploadedFile("large.pdf", b"%PDF-1.7\n" + b"x" * 1000)}
    answer = world.browser(world.everyone).post(url, data, headers=world.token(world.everyone))
    assert (answer.status_code, b"file_refused" in answer.content) == (422, True)
    assert Attachment.objects.count() == before
