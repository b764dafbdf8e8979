"""Files to import, and a company that has what they refer to."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.access.enums import Role
from core.catalog.models import Unit
from core.company.models import Company
from core.ui.imports import operations
from tests.factories.company import CompanyFactory, MembershipFactory, UserFactory


@pytest.fixture
def company(db: None) -> Company:
    made = CompanyFactory()
    Unit.objects.create(company=made, name="Piece", symbol="pcs", category="count")
    return made


@pytest.fixture
def administrator(company):
    user = UserFactory(name="Ada Example")
    MembershipFactory(user=user, company=company, role=Role.ADMINISTRATOR)
    return user


def csv_file(text, name="table.csv", encoding="utf-8"):
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode(encoding))


@pytest.fixture
def acting(administrator):
    return {"user": administrator, "now": timezone.now()}


@pytest.fixture
def uploaded(company, acting):
    """A function (kind, text) → the import run, checked with the columns as proposed."""

    def make(kind, text, *, check=True, name="table.csv", **formats):
        run = operations.upload_import(company_id=company.pk, dataset=kind, file=csv_file(text, name), **acting)
        return operations.check_import(import_run_id=run.pk, **formats, **acting) if check else run

    return make
