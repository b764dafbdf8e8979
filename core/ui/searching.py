"""What `q` means for a Resource: its entries in the index of found things, or the columns that it names itself."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Field, Model, Q, QuerySet

from core.search import queries as search_queries
from core.search.queries import MANY, Hit
from core.ui import registry
from core.ui.filters import field_at
from core.ui.resource import Resource, SearchIn

LEAST_ALIKE = 3
"""Letters from which on similar words are looked for."""
DOCUMENTS = 200
"""Documents whose facts are looked for by the document's number."""


def found_in(resource: Resource, queryset: QuerySet[Any], company_id: int, text: str) -> QuerySet[Any]:
    """The rows that the words find: all of them, however many. `queryset` may be narrowed already."""
    if not isinstance(resource.search, SearchIn):
        return search_queries.matching(queryset, company_id, text) if resource.search else queryset
    own = queryset.filter(company_id=company_id)
    begun = _begins(resource.search, text)
    if begun and own.filter(begun).order_by().exists():
        return queryset.filter(begun)
    held = _any(
        [
            *(Q(**{f"{path}__holds": text}) for path in resource.search.words),
            *(_of_record(resource.model, path, company_id, text) for path in resource.search.records),
            *_of_documents(resource.search.source, company_id, text),
        ]
    )
    if not _tries_alike(resource.search, text) or own.filter(held).order_by().exists():
        return queryset.filter(held)
    return queryset.filter(_any([Q(**{f"{path}__resembles": text}) for path in resource.search.words]))


def numbered(resource: Resource, company_id: int, text: str, *, limit: int) -> list[Hit]:
    """Records outside the index by their own number: the one that has it, then those whose number begins so."""
    declared = resource.search
    if not isinstance(declared, SearchIn):
        return []
    own = resource.model._default_manager.filter(company_id=company_id).order_by()
    found: dict[int, Hit] = {}
    for path in (path for path in declared.starts if "__" not in path):
        # Two questions, because the one number asked for may stand behind thousands that begin with it.
        whole = own.filter(**{f"{path}__in": {text, text.upper()}})[:1]
        for rank, rows in ((1.0, whole), (0.9, own.filter(_begins(declared, text))[:limit])):
            for record in rows:
                hit = Hit(resource.model._meta.label_lower, record.pk, str(record), resource.subtitle(record), rank)
                found.setdefault(record.pk, hit)
    return list(found.values())[:limit]


def _begins(declared: SearchIn, text: str) -> Q:
    return _any([Q(**{f"{path}__begins": typed}) for path in declared.starts for typed in {text, text.upper()}])


def _of_record(model: type[Model], path: str, company_id: int, text: str) -> Q:
    """Those that point at a record which its own search finds."""
    field: Field[Any, Any] = field_at(model, path)
    target = registry.for_model(field.related_model)  # type: ignore[arg-type]
    if target is None:
        return Q(pk__in=[])
    rows = found_in(target, target.model._default_manager.filter(company_id=company_id), company_id, text).order_by()
    # A short list is planned better than a subquery, and an index on the column serves it.
    ids = list(rows.values_list("pk", flat=True)[: MANY + 1])
    return Q(**{f"{path}__in": ids if len(ids) <= MANY else rows.values("pk")})


def _of_documents(source: str, company_id: int, text: str) -> list[Q]:
    """Facts of the documents whose number, or other title, begins so."""
    if not source:
        return []
    hits = (hit for hit in search_queries.find(company_id, text, limit=DOCUMENTS) if hit.rank >= 0.9)
    return [Q(**{f"{source}_label": hit.label, f"{source}_id": hit.object_id}) for hit in hits]


def _tries_alike(declared: SearchIn, text: str) -> bool:
    """Facts of huge number are found as they are written: to compare each with similar words takes too long."""
    is_tried = declared.alike and not (declared.starts or declared.source)
    return bool(declared.words) and is_tried and len(text) >= LEAST_ALIKE


def _any(conditions: list[Q]) -> Q:
    return reduce(or_, conditions) if conditions else Q(pk__in=[])
