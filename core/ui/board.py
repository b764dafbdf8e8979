"""A board's columns: their cards, counts and sums, with as many queries as it takes for one column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

from core.ui import formats
from core.ui.cards import BoardCard
from core.ui.listing import Listing, unread_of
from core.ui.nav import initials
from core.ui.ordering import Order
from core.ui.resource import Card, Kanban


@dataclass(frozen=True)
class BoardColumn:
    """A column: `count` and `sum` are over all its rows, the cards are the first ones."""

    key: str
    label: str
    count: int
    sum: str
    cards: list[BoardCard]
    more: int | None


class Board:
    """The board over one listing."""

    def __init__(self, kanban: Kanban, listing: Listing) -> None:
        self.kanban, self.listing = kanban, listing
        self.keys: Sequence[tuple[Any, Any]] = kanban.columns(listing.caller)
        group = listing.resource.model._meta.get_field(kanban.group)
        self.attname: str = group.attname  # type: ignore[union-attr]

    @property
    def queryset(self) -> QuerySet[Any]:
        return self.listing.queryset.filter(**self.kanban.filters)

    def figures(self) -> dict[Any, tuple[int, Any]]:
        """Key → (count, sum), by one query."""
        measures: dict[str, Any] = {"cards": Count("pk")}
        if self.kanban.sum:
            measures["amount"] = Sum(self.kanban.sum)
        rows = self.queryset.order_by().values(self.attname).annotate(**measures)
        return {row[self.attname]: (row["cards"], row.get("amount")) for row in rows}

    def sums(self) -> dict[str, dict[str, str]]:
        """Count and sum of every column as shown, for a board that only needs its heads again."""
        figures, currency = self.figures(), self.listing.caller.company.currency_id
        found = ((str(key), figures.get(key, (0, None))) for key, _label in self.keys)
        return {key: {"count": str(count), "sum": formats.money(total, currency)} for key, (count, total) in found}

    def columns(self) -> list[BoardColumn]:
        figures = self.figures()
        cards = self._first_cards([key for key, _label in self.keys if figures.get(key, (0, None))[0]])
        return [self._column(key, label, figures.get(key, (0, None)), cards.get(key, [])) for key, label in self.keys]

    def column(self, wanted: str, offset: int) -> BoardColumn | None:
        """More cards of one column, from `offset` on."""
        for key, label in self.keys:
            if str(key) == wanted:
                found = self._ordered(key)[offset : offset + self.kanban.limit]
                records = list(self._loaded(self.queryset.model._default_manager.filter(pk__in=list(found))))
                return self._column(key, label, self.figures().get(key, (0, None)), records, offset)
        return None

    def _ordered(self, key: Any) -> QuerySet[Any]:
        rows = self.queryset.filter(**{self.attname: key})
        return Order.parse(self.queryset.model, *self.kanban.ordering).apply(rows).values_list("pk", flat=True)

    def _first_cards(self, keys: list[Any]) -> dict[Any, list[Any]]:
        """The first cards of every column: their ids by one query with a branch a column, the records by one more."""
        if not keys:
            return {}
        branches = [self._ordered(key)[: self.kanban.limit] for key in keys]
        ids = list(branches[0].union(*branches[1:], all=True)) if len(branches) > 1 else list(branches[0])
        found: dict[Any, list[Any]] = {}
        for record in self._loaded(self.queryset.model._default_manager.filter(pk__in=ids)):
            found.setdefault(getattr(record, self.attname), []).append(record)
        return found

    def _loaded(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        related = tuple(dict.fromkeys((*self.listing.resource.select_related, *self.kanban.related)))
        if related:
            queryset = queryset.select_related(*related).defer(*unread_of(self.listing.resource.model, related))
        return Order.parse(queryset.model, *self.kanban.ordering).apply(queryset)

    def _column(
        self, key: Any, label: Any, figures: tuple[int, Any], records: list[Any], offset: int = 0
    ) -> BoardColumn:
        count, total = figures
        currency = self.listing.caller.company.currency_id
        shown = offset + len(records)
        more = shown if shown < count else None
        return BoardColumn(
            str(key),
            str(label),
            count,
            formats.money(total, currency),
            [self._card(record) for record in records],
            more,
        )

    def _card(self, record: Any) -> BoardCard:
        card = self.kanban.card(record) if self.kanban.card else self._default_card(record)
        return BoardCard(
            str(record.pk),
            card.title,
            card.subtitle,
            card.amount,
            card.owner,
            initials(card.owner),
            self.listing.resource.detail_url(record.pk),
            card.age_state,
            card.age,
            str(getattr(record, "version", "")),
        )

    def _default_card(self, record: Any) -> Card:
        resource, kanban = self.listing.resource, self.kanban
        amount = getattr(record, kanban.sum) if kanban.sum else None
        return Card(resource.title(record), resource.subtitle(record), formats.money(amount))
