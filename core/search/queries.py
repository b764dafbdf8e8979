"""Finding records by what people remember of them: number, name, phone, tax id."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import connection
from django.db.models import BigIntegerField, Func, Model, QuerySet, Value

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Hit:
    """A found record. `rank` is 1.0 for an exact title, above 0.5 for a word found as typed, less for similar ones."""

    label: str
    object_id: int
    title: str
    subtitle: str
    rank: float


def find(company_id: int, text: str, *, labels: Sequence[str] | None = None, limit: int = 20) -> list[Hit]:
    """The best hits of a company, best first. The caller applies the policies to them.

    Goes through a database function that runs as the owner, because under row-level security PostgreSQL may not use a
    trigram index; the function itself refuses companies that the transaction may not see.
    """
    wanted = text.strip()
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT label, object_id, title, subtitle, rank FROM search_find(%s, %s, %s, %s)",
            [company_id, wanted, list(labels) if labels is not None else None, limit],
        )
        return [Hit(*row) for row in cursor.fetchall()]


MANY = 2000
"""Ids that are handed to the database one by one; of more it is told where they come from."""


class Matches(Func):
    """The ids that `search_matches` answers, as the right side of an IN."""

    function, template = "search_matches", "(SELECT %(function)s(%(expressions)s))"
    output_field = BigIntegerField()


def matching(queryset: QuerySet[M], company_id: int, text: str) -> QuerySet[M]:
    """The records of a queryset that hold the text, all of them, however many. When none does, those with similar
    words."""
    label = queryset.model._meta.label_lower
    wanted = text.strip()
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_matches(%s, %s, %s, %s)", [company_id, label, wanted, MANY + 1])
        ids = [row[0] for row in cursor.fetchall()]
    # A short list is planned better than a function, whose answer the planner cannot foresee.
    if len(ids) <= MANY:
        return queryset.filter(pk__in=ids)
    return queryset.filter(pk__in=Matches(Value(company_id), Value(label), Value(wanted), Value(None)))


def matching_ids(company_id: int, label: str, text: str, *, limit: int) -> list[int]:
    """Ids of one model that match, best first: what a field suggests."""
    return [hit.object_id for hit in find(company_id, text, labels=[label], limit=limit)]
