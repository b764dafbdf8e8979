"""The state that renders a model once shows the same models as Django's own, after every kind of operation."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import models
from django.db.migrations import operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from core.company.migration_state import OneRenderingState


def pk() -> tuple[str, models.BigAutoField]:
    return "id", models.BigAutoField(primary_key=True)


UNIQUE = models.UniqueConstraint(fields=["name"], name="one_name")
POSITIVE = models.CheckConstraint(condition=models.Q(pages__gt=0), name="positive_pages")
BY_NAME = models.Index(fields=["name"], name="by_name")
OPERATIONS: Sequence[Operation] = (
    operations.CreateModel("Author", [pk(), ("name", models.CharField(max_length=9))], {"ordering": ["name"]}),
    operations.CreateModel("Book", [pk(), ("author", models.ForeignKey("shop.Author", models.CASCADE))]),
    operations.AddConstraint("author", UNIQUE),
    operations.AddIndex("author", BY_NAME),
    operations.CreateModel("Shelf", [pk(), ("books", models.ManyToManyField("shop.Book", related_name="shelves"))]),
    operations.AddField("book", "pages", models.IntegerField(default=1)),
    operations.AddConstraint("book", POSITIVE),
    operations.AlterField("author", "name", models.TextField(db_index=True)),
    operations.AlterModelOptions("author", {"ordering": ["-name"]}),
    operations.RenameField("book", "pages", "leaves"),
    operations.RemoveConstraint("book", "positive_pages"),
    operations.RemoveIndex("author", "by_name"),
    operations.AlterModelTable("shelf", "shelves"),
    operations.CreateModel("Novel", [], bases=("shop.book",), options={"proxy": True}),
    operations.DeleteModel("Novel"),
    operations.AddField("book", "sequel", models.ForeignKey("self", models.CASCADE, null=True)),
    operations.RenameModel("Author", "Writer"),
    operations.RemoveField("shelf", "books"),
    operations.DeleteModel("Shelf"),
)


def picture(state: ProjectState) -> dict[str, Any]:
    """What the schema editor reads of the models."""
    return {
        model._meta.label: {
            "table": model._meta.db_table,
            "columns": {
                field.name: (field.column, field.get_internal_type(), field.db_index, field.null)
                for field in model._meta.local_fields
            },
            "targets": {
                field.name: field.remote_field.model._meta.label
                for field in model._meta.get_fields()
                if field.concrete and field.is_relation
            },
            "constraints": [constraint.name for constraint in model._meta.constraints],
            "indexes": [index.name for index in model._meta.indexes],
            "ordering": list(model._meta.ordering or []),
        }
        for model in state.apps.get_models(include_auto_created=True)
    }


@pytest.mark.parametrize("count", range(1, len(OPERATIONS) + 1))
def test_it_shows_the_same_models(count: int) -> None:
    ours: ProjectState = OneRenderingState()
    theirs = ProjectState()
    assert (picture(ours), picture(theirs)) == ({}, {})
    for operation in OPERATIONS[:count]:
        # As the executor does: the operation changes a copy, and both are looked at.
        before_ours, before_theirs = ours, theirs
        ours, theirs = ours.clone(), theirs.clone()
        operation.state_forwards("shop", ours)
        operation.state_forwards("shop", theirs)
        assert set(picture(before_ours)) == set(picture(before_theirs))
    assert picture(ours) == picture(theirs)


def test_a_known_model_is_not_rendered_again() -> None:
    state = OneRenderingState()
    assert state.apps.get_models() == []
    for operation in OPERATIONS[:2]:
        operation.state_forwards("shop", state)
    author = state.apps.get_model("shop", "author")
    for operation in OPERATIONS[2:5]:
        operation.state_forwards("shop", state)
    assert state.apps.get_model("shop", "author") is author
    assert [constraint.name for constraint in author._meta.constraints] == ["one_name"]
    OPERATIONS[7].state_forwards("shop", state)
    assert state.apps.get_model("shop", "author") is not author
