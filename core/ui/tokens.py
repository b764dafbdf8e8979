"""API tokens: made, shown once, stored as a digest, found again, revoked."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.errors import InvalidInputError
from core.ui.models import ApiToken

PREFIX = "ob_"
SHOWN = 10
USED_EVERY = dt.timedelta(minutes=1)
VERBS = ("read", "write")
PEOPLE = "people"
"""Who may do what is never among the lists that a token reaches unnamed: it could make itself anything."""


def digest(token: str) -> str:
    """Tokens carry 256 random bits, so one round of SHA-256 is enough: there is nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_token(
    *, user: User, now: dt.datetime, name: str, scopes: str = "read write", days: int | None = None
) -> tuple[ApiToken, str]:
    """Make a token; the second value is the token itself and cannot be had again.

    :param scopes: words `read`, `write`, or either behind a list's name as in `deals:write`.
    :raises InvalidInputError: for an unknown scope.
    """
    words = scopes.split()
    if not words or any(word.rpartition(":")[2] not in VERBS for word in words):
        raise InvalidInputError(
            _("Scopes are read, write, or a list with either, such as deals:write."), field="scopes"
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    expires_at = now + dt.timedelta(days=days) if days is not None else None
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user,
            name=name[:80],
            prefix=secret[:SHOWN],
            digest=digest(secret),
            scopes=" ".join(words),
            expires_at=expires_at,
        )
    return token, secret


def find_token(secret: str, *, now: dt.datetime) -> ApiToken | None:
    """The valid token of an active user, or None. Its use is noted once a minute."""
    valid = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))
    token = ApiToken.objects.filter(valid, digest=digest(secret), user__is_active=True).select_related("user").first()
    if token is not None and (token.last_used_at is None or now - token.last_used_at > USED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def revoke_token(token_id: int, *, user: User, now: dt.datetime) -> ApiToken:
    """End a token of one's own; ending it twice changes nothing."""
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().get(pk=token_id, user=user)
        if token.revoked_at is None:
            token.revoked_at = now
            token.save(update_fields=["revoked_at"])
    return token


def names(token: ApiToken, slug: str, verb: str) -> bool:
    """Whether the token's scopes name this list, as what asks a person for the password again wants it."""
    return f"{slug}:{verb}" in token.scopes.split()


def allows(token: ApiToken, slug: str, verb: str) -> bool:
    """Whether the token's scopes include reading or writing this list; people only when they are named."""
    return names(token, slug, verb) or (slug != PEOPLE and verb in token.scopes.split())
