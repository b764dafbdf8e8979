"""What a person sets for themselves: theme, density, language, shortcuts, and the company they work in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from core.access.enums import Density, Theme
from core.ui.requests import redirect
from core.ui.views.base import SignedInView

YEAR = 365 * 24 * 3600
ALIASES = {"normal": Density.COMFORTABLE.value}
CHOICES: dict[str, tuple[str, ...]] = {
    "theme": tuple(Theme.values),
    "density": tuple(Density.values),
    "language": tuple(code for code, _name in settings.LANGUAGES),
    "shortcuts_enabled": ("0", "1"),
}
COOKIES = {"theme": "theme", "density": "density", "language": settings.LANGUAGE_COOKIE_NAME}


class PreferencesView(SignedInView):
    """Saves on the user and in cookies, so that the signed-out pages look the same. Unknown values change nothing."""

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = {name: value for name in CHOICES if (value := self._value(name)) in CHOICES[name]}
        user: Any = request.user
        for name, value in chosen.items():
            setattr(user, name, value == "1" if name == "shortcuts_enabled" else value)
        if chosen:
            user.save(update_fields=list(chosen))
        response = redirect(request, request.POST.get("next"), "/")
        self._set_cookies(response, chosen)
        return response

    def _value(self, name: str) -> str:
        given = self.request.POST.get(name, "")
        return ALIASES.get(given, given)

    def _set_cookies(self, response: HttpResponse, chosen: dict[str, str]) -> None:
        wanted = {COOKIES[name]: value for name, value in chosen.items() if name in COOKIES}
        if self.request.POST.get("sidebar") in ("full", "mini"):
            wanted["sidebar"] = self.request.POST["sidebar"]
        for name, value in wanted.items():
            response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=self.request.is_secure())


class CompanyView(SignedInView):
    """Switch the company one works in; only to one's own."""

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = request.POST.get("company", "")
        own = {str(company.pk) for company in getattr(request, "companies", [])}
        if wanted not in own:
            raise PermissionDenied
        request.session["company_id"] = int(wanted)
        return redirect(request, request.POST.get("next"), "/")
