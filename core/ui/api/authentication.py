"""Bearer tokens and the pace at which they may be used."""

from __future__ import annotations

import time
from typing import Any, cast

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.access.models import User
from core.ui.models import ApiToken
from core.ui.tokens import find_token

MAX_HEADER = 300


class BearerTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer ob_…`. Sessions do not open the API, so it needs no CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        header = request.headers.get("Authorization", "")
        scheme, _space, secret = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = find_token(secret.strip(), now=timezone.now()) if len(header) <= MAX_HEADER else None
        if token is None:
            raise AuthenticationFailed(_("This token is unknown, expired or revoked."), "invalid_token")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class BearerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells the schema about the header."""

    target_class = "core.ui.api.authentication.BearerTokenAuthentication"
    name = "bearerToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


PERIODS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}


def _rates() -> dict[str, str]:
    configured: dict[str, Any] = settings.REST_FRAMEWORK
    return cast(dict[str, str], configured["DEFAULT_THROTTLE_RATES"])


def parse_rate(text: str) -> tuple[int, int]:
    """`600/min` → (600, 60)."""
    number, _slash, period = text.partition("/")
    return int(number), PERIODS[period]


class TokenThrottle(BaseThrottle):
    """So many requests a token and period, counted in the cache; a window begins with its first request."""

    def __init__(self) -> None:
        self.most, self.seconds = parse_rate(_rates()["token"])
        self.left: float | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        token = request.auth
        if token is None:
            return True
        now = time.time()
        window = int(now // self.seconds)
        key = f"throttle:{token.pk}:{window}"
        cache.add(key, 0, self.seconds + 5)
        try:
            count = cache.incr(key)
        except ValueError:
            return True
        self.left = (window + 1) * self.seconds - now
        return count <= self.most

    def wait(self) -> float | None:
        return self.left
