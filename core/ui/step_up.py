"""Step-up: what could hand the house to somebody else asks for the password or the second factor again, unless it was
given within the last minutes."""

from __future__ import annotations

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.http import HttpRequest


def require_step_up(request: HttpRequest) -> None:
    """Go on only when the person has proved lately who they are.

    :raises ReauthenticationRequired: allauth's middleware answers it with the page that asks, keeps what was posted and
        goes on with it afterwards.
    """
    raise_if_reauthentication_required(request, app="onebook")
