"""Lists of the API: the screens' listing, continued by cursor; every parameter is allow-listed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request

from core.ui import columns, paging
from core.ui.api.problems import BadRequest
from core.ui.api.representation import prefetched_names, related_names, represent
from core.ui.choices import has_field
from core.ui.listing import Listing, filter_names
from core.ui.ordering import decode_cursor
from core.ui.paging import Page
from core.ui.resource import Caller, Resource
from core.whole_numbers import whole_number

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
CONTROL = ("limit", "cursor", "ordering", "q", "company", "updated_since", "external_id", "format")


class ApiListing(Listing):
    """A list whose rows carry what their JSON shows instead of the table's columns."""

    @property
    def related(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.resource.select_related, *related_names(self.resource))))

    def with_relations(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().with_relations(queryset).prefetch_related(*prefetched_names(self.resource))


def answer(resource: Resource, caller: Caller, request: Request) -> dict[str, Any]:
    """A page of records with the addresses of its neighbours.

    :raises BadRequest: for unknown or meaningless parameters.
    """
    params: QueryDict = request.query_params
    check_params(resource, params)
    listing = ApiListing(resource, caller, _with_sort(resource, params))
    if listing.filter_values and listing.filterset is not None and not listing.filterset.is_valid():
        name, errors = next(iter(listing.filterset.errors.items()))
        raise BadRequest(str(errors[0]), code="invalid_filter", field=str(name))
    listing.queryset = _narrowed(resource, listing.queryset, params)
    limit, cursor = read_limit(params), str(params.get("cursor", ""))
    if cursor and decode_cursor(listing.order, cursor) is None:
        raise BadRequest(_("This cursor does not belong to this list."), code="invalid_cursor", field="cursor")
    total = paging.count(listing.queryset)
    page = paging.keyset_page(listing, cursor, total, limit)
    return {
        "count": page.count,
        "count_is_estimate": page.count_is_estimate,
        "next": _address(request, page, forward=True),
        "previous": _address(request, page, forward=False),
        "results": [represent(resource, record) for record in page.records],
    }


def check_params(resource: Resource, params: QueryDict) -> None:
    known = (filter_names(resource) | set(CONTROL)) - set(() if resource.search else ("q",))
    for name, values in params.lists():
        if name not in known:
            raise BadRequest(
                _("There is no parameter %(name)s here.") % {"name": name[:80]},
                code="unknown_parameter",
                field=name[:80],
                hint=_("Known parameters: %(names)s.") % {"names": ", ".join(sorted(known - {"format"}))},
            )
        if any("\x00" in value for value in values):
            raise BadRequest(_("A parameter holds a character that no text has."), code="invalid", field=name)


def _with_sort(resource: Resource, params: QueryDict) -> QueryDict:
    result = params.copy()
    ordering = params.get("ordering", "")
    if ordering:
        sortable = {name for name, column in columns.bound_columns(resource).items() if column.sort}
        if ordering.lstrip("-") not in sortable:
            raise BadRequest(
                _("The list cannot be ordered by this."),
                code="invalid_ordering",
                field="ordering",
                hint=_("Known orders: %(names)s.") % {"names": ", ".join(sorted(sortable))},
            )
        result["sort"] = ordering
    return result


def _narrowed(resource: Resource, queryset: Any, params: QueryDict) -> Any:
    """The two filters that every list has for programs that keep a copy."""
    if since := params.get("updated_since"):
        moment = _moment(since)
        if moment is None or moment.tzinfo is None or not has_field(resource.model, "updated_at"):
            raise BadRequest(_("This is a moment with its time zone."), code="invalid_filter", field="updated_since")
        queryset = queryset.filter(updated_at__gte=moment)
    if (external_id := params.get("external_id")) and has_field(resource.model, "external_id"):
        queryset = queryset.filter(external_id=external_id)
    return queryset


def _moment(text: str) -> Any:
    try:
        # A plus sign in an address that nobody escaped arrives as a space.
        return parse_datetime(text.replace(" ", "+") if text.count(":") > 1 and "T" in text else text)
    except ValueError:
        return None


def read_limit(params: QueryDict) -> int:
    text = params.get("limit", "")
    if not text:
        return DEFAULT_LIMIT
    limit = whole_number(text, most=MAX_LIMIT)
    if not limit:
        raise BadRequest(
            _("A page holds 1 to %(most)s records.") % {"most": MAX_LIMIT}, code="invalid_limit", field="limit"
        )
    return limit


def _address(request: Request, page: Page, *, forward: bool) -> str | None:
    extra = page.next_params if forward else page.previous_params
    if extra is None:
        return None
    params = request.query_params.copy()
    params["cursor"] = extra["cursor"]
    return request.build_absolute_uri(f"{request.path}?{params.urlencode()}")
