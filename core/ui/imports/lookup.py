"""From what a file calls a record to the record: by its id in the other system, its code or its name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower

from core.imports.dataset import Question
from core.ui.choices import has_field

NAMES = ("external_id", "code", "sku", "number", "symbol", "email", "name", "title")
ALL_CHOICES, LIKELY, COMPARED = 40, 20, 5_000
CHUNK = 1_000


class Lookup:
    """The records that a reference may name, read for the texts that a file has."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self.queryset = queryset
        self.names = [name for name in NAMES if has_field(queryset.model, name)]
        self.known: dict[str, list[set[Any]]] = {}
        self._labels: list[str] | None = None

    def load(self, texts: Iterable[str]) -> None:
        """Read the records that these texts name: a query a name and thousand texts."""
        wanted = sorted({fold(text) for text in texts} - self.known.keys())
        for text in wanted:
            self.known[text] = [set() for _name in self.names]
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            for place, name in enumerate(self.names):
                rows = self.queryset.annotate(folded=Lower(name)).filter(folded__in=chunk)
                for pk, text in rows.order_by().values_list("pk", "folded"):
                    self.known[text][place].add(pk)

    def add(self, record: Any) -> None:
        """A record that has just been written may be named by later rows."""
        for place, name in enumerate(self.names):
            if (text := fold(str(getattr(record, name, "") or ""))) in self.known:
                self.known[text][place].add(record.pk)

    def find(self, text: str) -> set[Any]:
        """The keys that the text may mean: those of the first name under which there are any."""
        if fold(text) not in self.known:
            self.load([text])
        return next((found for found in self.known[fold(text)] if found), set())

    def question(self, text: str, *, required: bool) -> Question:
        """What to ask about a text that names nothing: all records where they are few, else the likeliest."""
        labels = self.labels()
        folded = {fold("".join(label.split())): label for label in labels}
        same = folded.get(fold("".join(text.split())), "")
        close = get_close_matches(text, labels, n=LIKELY, cutoff=0.5)
        suggestion = same or next(iter(get_close_matches(text, close, n=1, cutoff=0.7)), "")
        is_open = len(labels) > ALL_CHOICES
        choices = dict.fromkeys([*([same] if same else []), *close]) if is_open else dict.fromkeys(labels)
        return Question(tuple(choices), suggestion, is_open=is_open, can_empty=not required, can_skip=True)

    def labels(self) -> Sequence[str]:
        """What records are called, for suggestions; of very many the first few thousand."""
        if self._labels is None:
            name = next((name for name in ("name", "title", *reversed(self.names)) if name in self.names), "")
            rows = self.queryset.order_by(name).values_list(name, flat=True)[:COMPARED] if name else []
            self._labels = [str(label) for label in rows if label]
        return self._labels


def fold(text: str) -> str:
    return text.strip().lower()
