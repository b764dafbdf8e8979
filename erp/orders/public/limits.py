"""How often somebody without an account may ask."""

import hashlib
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

MINUTE = 60


def address_of(request: HttpRequest) -> str:
    """The network address the request came from, as the server in front of us saw it; the same that sign-in counts."""
    return str(get_adapter(request).get_client_ip(request))


def address_hash(request: HttpRequest) -> str:
    """A keyed hash of the address: tells two answers apart without keeping the address."""
    return salted_hmac("erp.orders.answer", address_of(request), algorithm="sha256").hexdigest()


def is_too_often(request: HttpRequest, act: str, *, per_minute: int) -> bool:
    """Count this request; whether there were more than `per_minute` of its kind from its address in this minute."""
    who = hashlib.sha256(address_of(request).encode()).hexdigest()[:32]
    key = f"orders:{act}:{who}:{int(time.time() // MINUTE)}"
    cache.add(key, 0, timeout=2 * MINUTE)
    try:
        return int(cache.incr(key)) > per_minute
    except ValueError:  # the entry ended between the two calls
        return False
