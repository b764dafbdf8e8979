"""Secrets stand in no log, no page, no text form of an object, and are made for each installation (QUALITY 41)."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import get_resolver

from core.access.models import User
from core.jobs.logs import configure, hide_secrets, without_keys
from core.ui.models import ApiToken
from tests.factories.company import UserFactory
from tests.security.browser import Browser
from tests.security.world import World

ROOT = Path(settings.BASE_DIR)


LINKS = ("/offer/hush-token/", "/unsubscribe/hush-token/", "/accounts/password/reset/key/1-hush-key/")


def settings_of(tmp_path: Path, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of Python with the settings of an installation of its own."""
    env = {"PATH": os.environ["PATH"], "ONEBOOK_STATE": str(tmp_path), **environment}
    return subprocess.run(
        [sys.executable, "-c", f"from config import settings; {program}"],
        capture_output=True, text=True, check=False, env=env, cwd=ROOT,
    )  # fmt: skip


@pytest.mark.parametrize(
    "bind", ["0.0.0.0:8000", "192.168.1.5:80", "[::]:8000", ":8000", "books.example:443", "127.0.0.1.evil:1"]
)
def test_debug_cannot_be_on_beyond_this_machine(tmp_path: Path, bind: str) -> None:
    done = settings_of(tmp_path, "print('up')", DEBUG="1", ONEBOOK_BIND=bind)
    assert done.returncode != 0
    assert "DEBUG cannot be on" in done.stderr


def test_each_installation_has_its_own_key(tmp_path: Path) -> None:
    keys = []
    for name in ("one", "two", "one"):
        done = settings_of(tmp_path / name, "print(settings.SECRET_KEY)")
        keys.append(done.stdout.strip())
        assert (tmp_path / name / "secret_key").stat().st_mode & 0o777 == 0o600
    assert len(keys[0]) >= 50
    assert (keys[0] == keys[2], keys[0] == keys[1]) == (True, False)


def test_no_key_stands_in_the_repository() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("needs the repository: in a copy without .git nothing says which files are committed")
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()
    assert "manage.py" in tracked
    names = [
        name for name in tracked if Path(name).name in (".env", "secret_key", "demo_logins.txt") or "id_rsa" in name
    ]
    assert names == []


def test_what_is_named_like_a_secret_is_blanked_in_logs() -> None:
    event = {
        "password": "p", "new_password1": "p", "Authorization": "Bearer x", "api_token": "t", "cookie": "c",
        "otp_code": "1", "secret_key": "k", "status_code": 200, "path": "/parties/", "ms": 1,
    }  # fmt: skip
    assert hide_secrets(None, "", dict(event)) == {
        **dict.fromkeys(event, "***"), "status_code": 200, "path": "/parties/", "ms": 1,
    }  # fmt: skip


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What production would write, of every logger."""
    logging.disable(logging.NOTSET)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure({"level": "INFO", "format": "json"})
    stream = io.StringIO()
    root.handlers[0].setStream(stream)  # type: ignore[attr-defined]
    yield stream
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    logging.disable(logging.CRITICAL)


def test_requests_are_logged_without_query_body_and_keys_of_links(world: World, written: io.StringIO) -> None:
    """By nobody: not by us, nor by Django where a page is refused, missing or moved."""
    world.browser(world.everyone).get("/parties/?q=hush-query", headers={"Authorization": "Bearer hush-token"})
    Browser().post("/accounts/login/", {"login": "a@example.com", "password": "hush-password"})
    for link in LINKS:
        for address in (link, link.rstrip("/"), f"{link}nothing/"):
            Browser().get(address)
            Browser().put(address)
            Browser(checks_csrf=True).post(address)
    text = written.getvalue()
    assert {json.loads(line)["logger"] for line in text.splitlines()} >= {"onebook.request", "django.request"}
    assert "GET /offer/***/" in text
    assert "hush" not in text


def test_a_refused_row_is_not_quoted(written: io.StringIO, db: None) -> None:
    taken = UserFactory(email="hush@example.com").email
    try:
        with transaction.atomic():
            User.objects.create(email=taken)
    except IntegrityError:
        logging.getLogger("django.request").exception("Failed")
    assert "IntegrityError" in written.getvalue()
    assert "hush" not in written.getvalue()


def test_every_link_with_a_key_is_known() -> None:
    """A new address that opens something by what it holds belongs to those whose keys no log shows."""
    keyed = [route for route in _routes(get_resolver()) if re.search(r"[<:](token|key|signature|secret)>", route)]
    samples = {route: "/" + re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]+>", "hush", route.strip("$")) for route in keyed}
    shown = [route for route, sample in samples.items() if "hush" in without_keys(sample.replace("^", ""))]
    assert len(keyed) > 4
    assert shown == ["api/v1/reports/metrics/<str:key>/"], "a figure's name"


def _routes(resolver: Any, before: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        yield from _routes(pattern, route) if hasattr(pattern, "url_patterns") else (route,)


def test_text_forms_of_objects_tell_no_secret(world: World) -> None:
    token = ApiToken.objects.get(user=world.everyone)
    secret = world.token(world.everyone)["Authorization"].removeprefix("Bearer ")
    for value in (str(token), repr(token), str(world.everyone), repr(world.everyone)):
        assert token.digest not in value
        assert secret not in value
        assert world.everyone.password not in value or not world.everyone.password


def test_a_token_is_kept_as_a_digest(world: World) -> None:
    secret = world.token(world.everyone)["Authorization"].removeprefix("Bearer ")
    stored: list[dict[str, Any]] = list(ApiToken.objects.values())
    assert secret not in str(stored)
    assert world.browser(world.everyone).get("/parties/?view=all").content.decode().count(secret) == 0


def test_passwords_are_kept_by_a_slow_hash() -> None:
    assert settings.PASSWORD_HASHERS[0].endswith("ScryptPasswordHasher")


def test_history_keeps_no_secret() -> None:
    from django.apps import apps  # noqa: PLC0415

    for model in apps.get_models():
        names = {field.name for field in model._meta.fields}
        if "pgh_obj" in names:
            assert names & {"password", "digest", "secret", "token", "last_login"} == set(), model._meta.label
