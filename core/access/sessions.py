"""Sessions on the server: ending them wherever the browsers are, and giving one a new id."""

from functools import partial
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest


def end_sessions(user_id: int, *, keep: str = "") -> int:
    """End all sessions of a person but the one with the key `keep`. Returns how many ended.

    Once more after the commit: until then a request may still read a session from the database and remember it.
    """
    ending = list(UserSession.objects.filter(user_id=user_id).exclude(session_key=keep))
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for one in ending:
        store.delete(one.session_key)
        transaction.on_commit(partial(store.delete, one.session_key), robust=True)
        one.delete()
    return len(ending)


def renew_session(request: HttpRequest) -> None:
    """Go on under a new id, because the session may do more than before; the old id opens nothing any more."""
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)
