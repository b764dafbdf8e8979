"""Which records a person may choose from in a form or a filter: those they may see, in the company they work in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet

from core.access import policies
from core.access.models import User
from core.ui.resource import Caller


def has_field(model: type[Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def scope_choices(queryset: QuerySet[Any], caller: Caller) -> QuerySet[Any]:
    """The part of `queryset` that the caller may point at. Colleagues are those of the same company."""
    model = queryset.model
    if model is User:
        members = User.objects.filter(
            memberships__company_id=caller.company_id, memberships__accepted_at__isnull=False
        ).values("pk")
        return queryset.filter(pk__in=members, is_active=True)
    try:
        return policies.scoped(caller.user, queryset, "view", caller.company_id)
    except LookupError:
        return queryset.filter(company_id=caller.company_id) if has_field(model, "company") else queryset
