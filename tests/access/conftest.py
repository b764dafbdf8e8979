"""Hashing a password takes a tenth of a second on purpose; here it may be quick."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _cheap_hashes(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
