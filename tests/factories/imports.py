"""Imports: by default one by command that was checked, with a good and a refused row."""

from typing import Any

import factory

from core.imports.models import ImportRun, StagedRow
from tests.factories.company import CompanyFactory, UserFactory


class ImportRunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportRun
        skip_postgeneration_save = True

    company = factory.SubFactory(CompanyFactory)
    user = factory.SubFactory(UserFactory)
    dataset = "parties"
    label = factory.Sequence(lambda n: f"customers-{n}.csv")
    status = "checked"

    @factory.post_generation
    def with_rows(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        for number, outcome in ((2, "new"), (3, "error")):
            StagedRow.objects.create(
                company=self.company, run=self, table="parties", number=number, key=f"k{number}",
                data={"name": f"Row {number}"}, outcome=outcome, message="No name" if outcome == "error" else "",
            )  # fmt: skip
