"""Row triggers that keep the search index, also when rows are written in bulk or by hand."""

from collections.abc import Sequence
from typing import Any

import pgtrigger
from django.db.models import Model

_UPSERT = """
    INSERT INTO search_searchentry
        (company_id, label, object_id, source_label, source_id, title, subtitle, text)
    VALUES (NEW.company_id, '{label}', NEW.{target}, '{source}', NEW.id,
        left(coalesce({title}, ''), 250), left(coalesce({subtitle}, ''), 250),
        lower(unaccent(left(concat_ws(' ', {words}), 2000))))
    ON CONFLICT (source_label, source_id) DO UPDATE SET
        object_id = excluded.object_id, title = excluded.title, subtitle = excluded.subtitle, text = excluded.text;
    RETURN NULL;
"""
_REMOVE = """
    DELETE FROM search_searchentry WHERE source_label = '{source}' AND source_id = OLD.id;
    RETURN NULL;
"""


class Searchable(pgtrigger.Trigger):
    """Declared in a model's `Meta.triggers`.

    :param title: column shown as the hit's title, or an SQL expression over `NEW`.
    :param subtitle: column or expression shown beneath.
    :param words: further columns it is found by.
    :param target: `(label, column)` of the record to open, where that is another row (a party of its phone number).
    """

    when = pgtrigger.After

    def __init__(
        self,
        *,
        title: str,
        subtitle: str = "",
        words: Sequence[str] = (),
        target: tuple[str, str] | None = None,
        name: str = "search_entry",
    ) -> None:
        self.title, self.subtitle, self.words, self.target = title, subtitle, tuple(words), target
        columns = dict.fromkeys(column for column in (title, subtitle, *words) if column.isidentifier())
        super().__init__(name=name, operation=pgtrigger.Insert | pgtrigger.UpdateOf(*columns))  # type: ignore[no-untyped-call]

    def get_func(self, model: Any) -> str:
        label = model._meta.label_lower
        target_label, target_column = self.target or (label, "id")
        return _UPSERT.format(
            label=target_label,
            target=target_column,
            source=label,
            title=_column(model, self.title),
            subtitle=_column(model, self.subtitle) if self.subtitle else "''",
            words=", ".join(_column(model, word) for word in (self.title, *self.words)),
        )


class SearchRemoved(pgtrigger.Trigger):
    """Companion of `Searchable`: takes the entry out when the row goes."""

    when = pgtrigger.After
    operation = pgtrigger.Delete

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(name=kwargs.pop("name", "search_removed"), **kwargs)

    def get_func(self, model: Any) -> str:
        return _REMOVE.format(source=model._meta.label_lower)


def _column(model: type[Model], name: str) -> str:
    if not name.isidentifier():
        return name
    return f"NEW.{model._meta.get_field(name).column}"  # type: ignore[union-attr]


def searchable(**spec: Any) -> tuple[pgtrigger.Trigger, pgtrigger.Trigger]:
    """Both triggers of a findable model: `triggers = [*searchable(title="name", words=("code",))]`."""
    return Searchable(**spec), SearchRemoved()
