"""Sessions end by themselves, finance and administrator roles sign in with a second factor, and every page speaks the
person's language."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from core.access.second_factor import needs_second_factor
from core.access.sessions import end_sessions, renew_session

GetResponse = Callable[[HttpRequest], HttpResponse]
STAMP_EVERY = 60


class SessionLimitMiddleware:
    """Ends a session after a while without use, and after a working day in any case."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            started = request.session.setdefault("started_at", now)
            used = request.session.setdefault("used_at", now)
            too_old = now - started > settings.SESSION_ABSOLUTE_SECONDS
            if too_old or now - used > settings.SESSION_IDLE_SECONDS:
                logout(request)
            elif now - used > STAMP_EVERY:
                request.session["used_at"] = now
                UserSession.objects.create_from_request(request)
        return self.get_response(request)


class PreferencesMiddleware:
    """Language and time zone of the page: the person's own, else the language of cookie or browser, and the time zone
    of the company they work in: its day decides what is late and what "today" is."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        chosen = user.language if user.is_authenticated else ""
        language = chosen or translation.get_language_from_request(request)
        zone = zone_of(user, getattr(request, "company", None)) if user.is_authenticated else ""
        with translation.override(language), timezone.override(zone or None):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


def zone_of(user: Any, company: Any) -> str:
    """The time zone in which somebody reads: their own, else their company's; empty for the server's."""
    return str(user.time_zone or getattr(company, "time_zone", ""))


class RequiredMfaMiddleware:
    """Leads people who must have a second factor to set one up, and lets them do nothing else before. Tokens of the API
    carry no session and are not concerned."""

    ALLOWED = ("mfa_activate_totp", "account_reauthenticate", "account_logout", "ui:preferences", "healthz", "readyz")
    UNCONCERNED = ("/static/", "/api/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.MFA_REQUIRED and request.user.is_authenticated and self._lacks_factor(request):
            return redirect("mfa_activate_totp")
        response = self.get_response(request)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            self._renew_after_activation(request)
        return response

    def _lacks_factor(self, request: HttpRequest) -> bool:
        if request.session.get("mfa_present") or request.path.startswith(self.UNCONCERNED):
            return False
        demo_ids = {company.pk for company in getattr(request, "companies", ()) if company.is_demo}
        user: Any = request.user
        if not needs_second_factor(user, demo_ids):
            return False  # not noted in the session, for an accepted invitation may ask for one a moment later
        if is_mfa_enabled(user):
            request.session["mfa_present"] = True
            return False
        request.factor_required = True  # type: ignore[attr-defined]  # the page says why one is there
        return request.path not in {reverse(name) for name in self.ALLOWED}

    @staticmethod
    def _renew_after_activation(request: HttpRequest) -> None:
        """allauth gives a session that has just gained a factor no new id, and leaves those that the password alone
        opened."""
        user: Any = request.user
        is_asked = user.is_authenticated and request.path == reverse("mfa_activate_totp")
        if is_asked and is_mfa_enabled(user):
            end_sessions(user.pk, keep=request.session.session_key or "")
            renew_session(request)
