"""Sessions end by themselves, finance and administrator roles sign in with a second factor, and every page speaks the
person's language."""

import time
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from core.access.enums import MFA_ROLES
from core.access.policies import grants_of

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
    """Language, time zone and theme: the person's own, else the cookie's, else the browser's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        chosen = user.language if user.is_authenticated else ""
        language = chosen or translation.get_language_from_request(request)
        zone = user.time_zone if user.is_authenticated else ""
        with translation.override(language), timezone.override(zone or None):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class RequiredMfaMiddleware:
    """Sends people with finance or administrator roles to set up a second factor before anything else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.MFA_REQUIRED and self._lacks_factor(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    @staticmethod
    def _lacks_factor(request: HttpRequest) -> bool:
        user = request.user
        if not user.is_authenticated or request.session.get("mfa_present"):
            return False
        if request.path.startswith(
            (reverse("account_login").rsplit("login", 1)[0], "/static/", "/api/", "/healthz", "/readyz")
        ):
            return False
        needs = user.is_staff or any(grant.role in MFA_ROLES for grant in grants_of(user))
        if needs and not is_mfa_enabled(user):
            return True
        request.session["mfa_present"] = True
        return False
