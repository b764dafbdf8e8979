"""Data sets by code."""

from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInputError
from core.imports.dataset import Dataset

_datasets: dict[str, Dataset] = {}


def register(dataset: Dataset) -> None:
    _datasets[dataset.code] = dataset


def dataset_named(code: str) -> Dataset:
    """:raises InvalidInputError: there is no such data set."""
    try:
        return _datasets[code]
    except KeyError:
        known = ", ".join(sorted(_datasets))
        raise InvalidInputError(
            _("There is no data set %(code)s.") % {"code": code}, field="dataset", hint=_("Known are: %s.") % known
        ) from None


def find_dataset(code: str) -> Dataset | None:
    """The data set, or None when it is known no more: its runs are still shown."""
    return _datasets.get(code)


def label_of(code: str) -> str:
    """What a data set is called; its code when it is known no more."""
    found = find_dataset(code)
    return str(found.label) if found is not None else code


def all_datasets() -> list[Dataset]:
    return list(_datasets.values())
