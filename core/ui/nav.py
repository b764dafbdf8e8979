"""The shell around every page: what the sidebar, the create menu and the user menu show to this person.

What a set of roles may see in a language is worked out once a process; a page then only marks where it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.access.enums import Density, Role
from core.access.policies import has_invitations, policy_of, roles_in
from core.ui.notices import notices_for
from core.ui.registry import all_resources
from core.ui.requests import company_of
from core.ui.resource import Menu, Resource, Text

SECTIONS: dict[str, tuple[Text, str]] = {
    "home": (_("Home"), "home"),
    "sales": (_("Sales"), "target"),
    "marketing": (_("Marketing"), "speakerphone"),
    "service": (_("Service"), "headset"),
    "orders": (_("Orders"), "shopping-cart"),
    "purchasing": (_("Purchasing"), "truck-delivery"),
    "stock": (_("Stock"), "packages"),
    "production": (_("Production"), "building-factory"),
    "finance": (_("Finance"), "report-money"),
    "people": (_("People"), "users"),
    "reports": (_("Reports"), "chart-bar"),
    "settings": (_("Settings"), "settings"),
}


@dataclass(frozen=True)
class Page:
    """A page that is no Resource and still stands in the sidebar, such as a report.

    :ivar roles: who sees it; empty for everybody.
    :ivar summary: of a report, one sentence that says what it answers; it then stands among the reports, too.
    """

    section: str
    label: Text
    url_name: str
    order: int = 50
    icon: str = ""
    key: str = ""
    roles: frozenset[Role] = frozenset()
    summary: Text = ""


_pages: list[Page] = []


def register_page(page: Page) -> None:
    """Add a page to the sidebar and the palette; called while Django starts."""
    _pages.append(page)


def may_as(roles: frozenset[Role], verb: str, model: type[Model]) -> bool:
    """Whether any of these roles may do `verb` on some record of the model."""
    try:
        policy = policy_of(model)
    except LookupError:
        return False
    return any(policy.scope(role, verb) > 0 for role in roles)


@dataclass(frozen=True)
class Entry:
    """One line of the sidebar, for people of some roles."""

    section: str
    label: str
    url: str
    icon: str
    key: str
    order: int


ACCOUNT_PAGES = ("account_", "mfa_", "usersessions_")  # how allauth names the pages of one's own account


def place_of(request: HttpRequest) -> str:
    """The path that the sidebar marks. One's own account stands nowhere in it, though its addresses begin like those
    of the chart of accounts."""
    match = request.resolver_match
    return "" if match and (match.url_name or "").startswith(ACCOUNT_PAGES) else request.path


@lru_cache(maxsize=512)
def entries(roles: frozenset[Role], language: str) -> tuple[Entry, ...]:
    """All sidebar lines of these roles; `language` keeps the labels of one apart from those of another."""
    found = [_resource_entry(resource) for resource in _menu_resources() if may_as(roles, "view", resource.model)]
    found += [entry for page in _pages if not page.roles or page.roles & roles for entry in _page_entry(page)]
    return tuple(sorted(found, key=lambda entry: (list(SECTIONS).index(entry.section), entry.order, entry.label)))


def _menu_resources() -> list[Resource]:
    return [resource for resource in all_resources() if resource.menu is not None]


def _menu_place(resource: Resource) -> tuple[int, int]:
    menu = resource.menu or Menu("settings")
    return list(SECTIONS).index(menu.section), menu.order


def _resource_entry(resource: Resource) -> Entry:
    menu = resource.menu or Menu("settings")
    label = capfirst(str(menu.label or resource.plural))
    return Entry(menu.section, label, resource.url("list"), menu.icon or resource.icon, menu.key, menu.order)


def _page_entry(page: Page) -> list[Entry]:
    try:
        return [Entry(page.section, str(page.label), reverse(page.url_name), page.icon, page.key, page.order)]
    except NoReverseMatch:
        return []


def section_label(slug: str) -> str:
    """What a section of the sidebar is called."""
    return str(SECTIONS[slug][0])


@lru_cache(maxsize=512)
def reports(roles: frozenset[Role], language: str) -> tuple[dict[str, Any], ...]:
    """The reports that these roles may open, by section."""
    groups = []
    for slug, (label, icon) in SECTIONS.items():
        own = [page for page in _pages if page.section == slug and page.summary]
        shown = sorted((page for page in own if not page.roles or page.roles & roles), key=lambda page: page.order)
        items = [
            {"label": str(page.label), "summary": str(page.summary), "url": entry.url, "icon": page.icon}
            for page in shown
            for entry in _page_entry(page)
        ]
        if items:
            groups.append({"label": str(label), "icon": icon, "items": items})
    return tuple(groups)


@lru_cache(maxsize=512)
def creations(roles: frozenset[Role], language: str) -> tuple[dict[str, str], ...]:
    """What these roles may create, as the create menu lists it."""
    return tuple(
        {"label": capfirst(str(resource.singular)), "url": resource.url("create"), "icon": resource.menu.icon}
        for resource in sorted(_menu_resources(), key=_menu_place)
        if resource.menu and resource.can_create and may_as(roles, "create", resource.model)
    )


def current_url(roles: frozenset[Role], language: str, path: str) -> str:
    """The sidebar's line under which a page stands: the longest address that leads to it."""
    urls = (entry.url for entry in entries(roles, language) if path.startswith(entry.url))
    return max(urls, key=len, default="/" if path == "/" else "")


def sidebar(roles: frozenset[Role], language: str, path: str) -> list[dict[str, Any]]:
    """Sections with their lines, the current ones marked."""
    every = entries(roles, language)
    current = current_url(roles, language, path)
    shown = []
    for slug in SECTIONS:
        own = [entry for entry in every if entry.section == slug]
        if slug == "home":
            shown.append(_section(slug, [], url="/", active=path == "/"))
        elif own:
            items = [
                {"label": entry.label, "url": entry.url, "key": entry.key, "active": entry.url == current}
                for entry in own
            ]
            shown.append(_section(slug, items, url="", active=any(item["active"] for item in items)))
    return shown


def _section(slug: str, items: list[dict[str, Any]], *, url: str, active: bool) -> dict[str, Any]:
    label, icon = SECTIONS[slug]
    key = "h" if slug == "home" else ""
    return {"slug": slug, "label": str(label), "icon": icon, "items": items, "url": url, "active": active, "key": key}


@lru_cache(maxsize=8)
def _addresses() -> dict[str, str]:
    wanted = {
        "search_url": "ui:palette",
        "preferences_url": "ui:preferences",
        "company_switch_url": "ui:company",
        "account_url": "account_email",
        "sessions_url": "usersessions_list",
        "logout_url": "account_logout",
        "notifications_url": "",
    }
    return {name: _reverse(url_name) for name, url_name in wanted.items()}


def _reverse(name: str) -> str:
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""


def initials(name: str) -> str:
    """Up to two letters that stand for a name."""
    words = [word for word in name.split() if word[:1].isalnum()]
    return "".join(word[0].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1]))


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: everything around `main`. A record's page asks once more for each of its panels, so the answer
    stays with the request for as long as it is the same person's, company's and language's."""
    user = getattr(request, "user", None)
    of_whom = (getattr(user, "pk", None), getattr(company_of(request), "pk", None), get_language())
    known: tuple[Any, dict[str, Any]] | None = getattr(request, "_shell", None)
    if known is None or known[0] != of_whom:
        known = of_whom, _around(request, user)
        request._shell = known  # type: ignore[attr-defined]
    return known[1]


def _around(request: HttpRequest, user: Any) -> dict[str, Any]:
    company = company_of(request)
    look = _look(request)
    if user is None or not user.is_authenticated:
        return {
            "nav": [],
            "companies": [],
            "company": None,
            "create_menu": (),
            "page_help_url": "",
            "shell": {},
            **look,
        }
    roles = roles_in(user, company.pk) if company is not None else frozenset()
    language = get_language() or "en"
    return {
        "nav": Late(lambda: sidebar(roles, language, place_of(request))),
        "nav_key": Late(lambda: (roles, current_url(roles, language, place_of(request)))),
        "notices": Late(lambda: notices_for(request, company)),
        "company": company,
        "companies": getattr(request, "companies", []),
        "create_menu": Late(lambda: creations(roles, language)),
        "page_help_url": "",
        "shell": _shell(request, user, roles),
        **look,
    }


class Late:
    """A value that the template asks for at most once; fragments never ask, so they never pay."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make

    def __call__(self) -> Any:
        return self.make()


def _look(request: HttpRequest) -> dict[str, str]:
    user: Any = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        theme, density = user.theme, user.density
    else:
        theme, density = request.COOKIES.get("theme", "auto"), request.COOKIES.get("density", "")
    return {"theme": theme, "density": "compact" if density == Density.COMPACT else "normal"}


def _invitations_url(request: HttpRequest, user: Any) -> str:
    """Where somebody who is invited is sent; nowhere from the page itself."""
    url = reverse("ui:invitations")
    return url if has_invitations(user) and request.path != url else ""


def _shell(request: HttpRequest, user: Any, roles: frozenset[Role]) -> dict[str, Any]:
    return {
        **_addresses(),
        "home_url": "/",
        "invitations_url": _invitations_url(request, user),
        "notification_count": 0,
        "roles": roles,
        "shortcuts": user.shortcuts_enabled,
        "user_name": str(user),
        "user_initials": initials(str(user)),
        "user_role": ", ".join(sorted(str(role.label) for role in roles)),
        "sidebar": "mini" if request.COOKIES.get("sidebar") == "mini" else "full",
    }
