"""RecordRef: the one way a lower app points at a record of an upper one, by label and id."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models


@dataclass(frozen=True, slots=True)
class RecordRef:
    """Names a record: `RecordRef("pipeline.deal", 7)`."""

    label: str
    id: int

    @classmethod
    def of(cls, record: models.Model) -> "RecordRef":
        return cls(record._meta.label_lower, record.pk)

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    def resolve(self) -> models.Model | None:
        """The record, or None when it is gone or out of sight."""
        return self.model._default_manager.filter(pk=self.id).first()


class RecordRefField:
    """Adds `<name>_label` and `<name>_id` to a model and `<name>`, which reads and writes them as a RecordRef or
    None."""

    def __init__(self, verbose_name: Any = "", *, null: bool = True) -> None:
        self.verbose_name, self.null = verbose_name, null

    def contribute_to_class(self, cls: type[models.Model], name: str) -> None:
        self.name = name
        label = models.CharField(self.verbose_name, max_length=60, blank=self.null, default="", editable=False)
        key = models.BigIntegerField(self.verbose_name, null=self.null, blank=self.null, editable=False)
        label.contribute_to_class(cls, f"{name}_label")
        key.contribute_to_class(cls, f"{name}_id")
        setattr(cls, name, self)

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        label, key = getattr(instance, f"{self.name}_label"), getattr(instance, f"{self.name}_id")
        return RecordRef(label, key) if label and key is not None else None

    def __set__(self, instance: Any, value: RecordRef | None) -> None:
        setattr(instance, f"{self.name}_label", value.label if value else "")
        setattr(instance, f"{self.name}_id", value.id if value else None)
