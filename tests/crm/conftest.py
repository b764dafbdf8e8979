"""A company with a pipeline and a manager, and one moment."""

import datetime as dt

import pytest

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company
from crm.pipeline.models import Pipeline, Stage
from crm.pipeline.setup import set_up_pipeline
from tests.factories.company import CompanyFactory, user_with

NOW = dt.datetime(2026, 3, 15, 9, tzinfo=dt.UTC)


@pytest.fixture
def now() -> dt.datetime:
    return NOW


@pytest.fixture
def company(db: None) -> Company:
    return CompanyFactory(code="acme")


@pytest.fixture
def manager(company: Company) -> User:
    return user_with(Role.SALES_MANAGER, company)


@pytest.fixture
def pipeline(company: Company, manager: User) -> Pipeline:
    return set_up_pipeline(company_id=company.pk, user=manager, now=NOW)


@pytest.fixture
def stages(pipeline: Pipeline) -> list[Stage]:
    return list(pipeline.stages.order_by("position"))
