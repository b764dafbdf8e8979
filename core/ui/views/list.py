"""The list: filter bar, tabs, table, pages, totals. A fragment request gets the results alone, at the same address."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote, unquote

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.access.policies import grants_of
from core.ui import columns, formats, tables
from core.ui.enums import ViewScope
from core.ui.forms import new_key
from core.ui.listing import IN_OWN, NO_RATE, PAGING_PARAMETERS, Listing
from core.ui.paging import REMEMBER_FROM, Page
from core.ui.requests import is_htmx
from core.ui.resource import Resource
from core.ui.saved_views import ListSetup
from core.ui.views.base import ResourceView

COOKIE = "list"
COOKIE_LIMIT = 1500
PAGE_LINKS = 2


class ListView(ResourceView):
    def get(self, request: HttpRequest) -> HttpResponse:
        setup = ListSetup(self.resource, self.caller, request.GET)
        listing = Listing(self.resource, self.caller, setup.params, column_names=setup.column_names)
        fragment = is_htmx(request)
        context = self.results(listing)
        if not fragment:
            context.update(self.surroundings(listing, setup))
        response = render(request, "ui/list_results.html" if fragment else "ui/list.html", context)
        patch_vary_headers(response, ["HX-Request"])
        if fragment:
            response["HX-Push-Url"] = request.get_full_path()
        remember_params(request, response, self.resource, listing.params)
        return response

    def results(self, listing: Listing) -> dict[str, Any]:
        """What both the page and the fragment show."""
        page = listing.page(self.request.GET)
        built = tables.prepared(self.resource, tuple(column.name for column in listing.columns), listing.sort)
        list_url = self.resource.url("list")
        return {
            "resource": self.resource,
            "table": built,
            "columns": built.headers(listing.params),
            "rows": built.body(self.resource, page.records),
            "page": page_context(page, listing),
            "chips": chips(listing),
            "empty": {} if page.records else self.empty(listing),
            "query": listing.query,
            "list_url": list_url,
            "clear_url": f"{list_url}?view=all",
            "bulk_actions": self.bulk_actions(),
            "bulk_url": self.resource.url("bulk"),
            "bulk_key": new_key(),
            "query_string": listing.params.urlencode(),
            "can_create": self.can_create,
            "create_url": self.resource.url("create") if self.can_create else "",
            "create_label": create_label(self.resource),
        }

    @property
    def can_create(self) -> bool:
        return self.resource.can_create and self.may("create")

    def surroundings(self, listing: Listing, setup: ListSetup) -> dict[str, Any]:
        """Title, tabs, filter bar and column choice: what a fragment leaves standing."""
        return {
            "title": capfirst(str(self.resource.plural)),
            "tabs": setup.tabs(),
            "views": list_views(self.resource, "list", listing),
            "filter_fields": filter_fields(listing),
            "filter_active": bool(listing.filter_values),
            "hidden_params": [(name, value) for name in ("sort", "view") if (value := listing.params.get(name))],
            "columns_available": columns_available(listing),
            "columns_url": self.resource.url("columns"),
            "save_view_url": self.resource.url("views"),
            "save_view_scopes": ViewScope.choices,
            "export_urls": export_urls(self.resource, listing) if self.may("export") else {},
        }

    def bulk_actions(self) -> list[dict[str, Any]]:
        offered = [a for a in self.resource.actions if a.bulk and self.may(a.permission)]
        return [{"name": a.name, "label": a.label, "icon": a.icon, "style": a.style} for a in offered]

    def empty(self, listing: Listing) -> dict[str, Any]:
        """What an empty list says: why it is empty and what to do about it."""
        plural = str(self.resource.plural)
        # A list that opens with a filter of its own is not searched in vain while there is nothing at all.
        if listing.narrowed and (self.request.GET or listing.holds_any()):
            return {
                "title": _("Nothing found"),
                "text": _("No record matches the search and the filters."),
                "action_label": _("Clear the filters"),
                "action_url": f"{self.resource.url('list')}?view=all",
                "filtered": True,
            }
        return {
            "title": _("No %(records)s yet") % {"records": plural},
            "text": self.resource.empty_text or _("They appear here as soon as the first one is there."),
            "action_label": create_label(self.resource) if self.can_create else "",
            "action_url": self.resource.url("create") if self.can_create else "",
            "filtered": False,
        }


def create_label(resource: Resource) -> str:
    return _("New %(record)s") % {"record": resource.singular}


def list_views(resource: Resource, active: str, listing: Listing) -> list[dict[str, Any]]:
    """List and board as two ways to see the same rows."""
    if not resource.views:
        return []
    query = listing.params.urlencode()
    tail = f"?{query}" if query else ""
    found = [{"name": "list", "label": _("List"), "icon": "list", "url": resource.url("list") + tail}]
    found.append({"name": "board", "label": _("Board"), "icon": "layout-kanban", "url": resource.url("board") + tail})
    return [{**view, "active": view["name"] == active} for view in found]


FILTER_BAR_SECONDS = 60
_filter_bars: dict[tuple[Any, ...], tuple[float, list[dict[str, Any]]]] = {}


def filter_fields(listing: Listing) -> list[dict[str, Any]]:
    """The filter bar's fields with finished widgets. With the same values the bar is the same for a person for a while,
    so it is kept for a minute; drawing it anew costs more than the rows beneath it."""
    caller = listing.caller
    values = tuple((name, tuple(given)) for name, given in sorted(listing.filter_values.items()))
    grants = grants_of(caller.user)  # whoever loses a role loses its choices at once
    key = (listing.resource.slug, caller.user.pk, grants, caller.company_id, get_language(), values)
    known = _filter_bars.get(key)
    if known is None or known[0] < time.monotonic():
        if len(_filter_bars) > 500:
            _filter_bars.clear()
        known = _filter_bars[key] = (time.monotonic() + FILTER_BAR_SECONDS, _draw_filters(listing))
    return known[1]


def _draw_filters(listing: Listing) -> list[dict[str, Any]]:
    if listing.filterset is None:
        return []
    form = listing.filterset.form
    return [
        {
            "name": name,
            "label": str(field.label or listing.filterset.filters[name].label),
            "id": f"filter-{name}",
            "html": SafeString(form[name].as_widget(attrs=_widget_attrs(name, field))),
            "active": name in listing.filter_values,
        }
        for name, field in form.fields.items()
    ]


def _widget_attrs(name: str, field: Any) -> dict[str, str]:
    is_choice = hasattr(field, "choices")
    return {"id": f"filter-{name}", "class": "form-select" if is_choice else "form-control"}


def chips(listing: Listing) -> list[dict[str, str]]:
    """The filters in force, each with the address that lifts it."""
    if not listing.narrowed:
        return []
    names = (["q"] if listing.query else []) + list(listing.filter_values)
    found = []
    for name, (label, value) in zip(names, listing.described(), strict=True):
        rest = listing.params.copy()
        for gone in (name, "view"):
            rest.pop(gone, None)
        found.append({"label": label, "value": value, "remove_url": f"?{rest.urlencode() or 'view=all'}"})
    return found


def page_context(page: Page, listing: Listing) -> dict[str, Any]:
    """Pages as addresses."""
    base = {key: value for key, value in listing.params.lists() if key not in PAGING_PARAMETERS}

    def address(extra: dict[str, str] | None) -> str:
        if extra is None:
            return ""
        params = QueryDict(mutable=True)
        for name, values in base.items():
            params.setlist(name, values)
        params.update(extra)
        return f"?{params.urlencode()}"

    return {
        "count": page.count,
        "count_is_estimate": page.count_is_estimate,
        "first": page.first,
        "last": page.last,
        "number": page.number,
        "pages": page.pages,
        "size": page.size,
        "has_next": page.next_params is not None,
        "next_url": address(page.next_params),
        "has_previous": page.previous_params is not None,
        "previous_url": address(page.previous_params),
        "numbers": _numbers(page, address),
        "totals": _totals(listing, page),
    }


def _numbers(page: Page, address: Any) -> list[dict[str, Any]]:
    if page.number is None or page.pages is None or page.pages < 2:
        return []
    near = range(max(1, page.number - PAGE_LINKS), min(page.pages, page.number + PAGE_LINKS) + 1)
    shown = sorted({1, page.pages, *near})
    return [{"label": str(n), "url": address({"page": str(n)}), "current": n == page.number} for n in shown]


def _totals(listing: Listing, page: Page) -> list[dict[str, str]]:
    sums = listing.totals(remember=page.count > REMEMBER_FROM)
    own = listing.caller.company.currency_id
    found = [
        {"label": column.label, "value": _sum_text(sums[column.name], column.kind, own)}
        for column in listing.columns
        if column.name in sums
    ]
    plain = {name: totals.get("", 0) for name, totals in sums.items()}
    more = listing.resource.footer(plain)
    return [*found, *({"label": str(label), "value": formats.money(amount, own)} for label, amount in more)]


def _sum_text(sums: dict[str, Any], kind: str, own: str) -> str:
    """One sum, or one a currency with its code and what they come to in the company's currency."""
    by_currency = {currency: amount for currency, amount in sums.items() if currency not in (IN_OWN, NO_RATE)}
    if set(by_currency) <= {""}:
        return formats.plain(by_currency.get("", 0), kind, own)
    text = " · ".join(formats.money_with_currency(amount, currency) for currency, amount in sorted(by_currency.items()))
    if IN_OWN in sums and set(by_currency) != {own}:
        text += f" = {formats.money_with_currency(sums[IN_OWN], own)}"
    if sums.get(NO_RATE):
        text += " " + ngettext("(%d without a rate)", "(%d without a rate)", sums[NO_RATE]) % sums[NO_RATE]
    return text


def columns_available(listing: Listing) -> list[dict[str, Any]]:
    """All columns: the chosen ones first and in their order."""
    chosen = [column.name for column in listing.columns]
    every = columns.bound_columns(listing.resource)
    rest = [name for name in every if name not in chosen]
    return [{"name": name, "label": every[name].label, "chosen": name in chosen} for name in (*chosen, *rest)]


def export_urls(resource: Resource, listing: Listing) -> dict[str, str]:
    query = listing.params.urlencode()
    base = resource.url("export")
    return {kind: f"{base}?format={kind}{'&' + query if query else ''}" for kind in ("xlsx", "csv")}


def remember_params(request: HttpRequest, response: HttpResponse, resource: Resource, params: QueryDict) -> None:
    """Keep the list as the person left it, for previous and next on its records. A cookie of this path: no write."""
    value = quote(params.urlencode(), safe="")
    if len(value) > COOKIE_LIMIT or value == request.COOKIES.get(COOKIE, ""):
        return
    path = resource.url("list")
    if value:
        response.set_cookie(COOKIE, value, path=path, httponly=True, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(COOKIE, path=path, samesite="Lax")


def remembered_params(request: HttpRequest, resource: Resource) -> str:
    return unquote(request.COOKIES.get(COOKIE, ""))
