"""Secrets stand in no log, no page, no text form of an object, and are made for each installation (QUALITY 41)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from core.jobs.logs import hide_secrets
from core.ui.models import ApiToken
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
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=False, cwd=ROOT).stdout.split()
    if not tracked:
        pytest.skip("not a checkout")
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


def test_a_request_is_logged_without_its_query_and_body(world: World, caplog: pytest.LogCaptureFixture) -> None:
    import logging  # noqa: PLC0415  only this test listens

    logging.disable(logging.NOTSET)
    logger = logging.getLogger("onebook.request")
    logger.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.INFO, logger="onebook.request"):
            world.browser(world.everyone).get("/parties/?q=hush-query", headers={"Authorization": "Bearer hush-token"})
            Browser().post("/accounts/login/", {"login": "a@example.com", "password": "hush-password"})
            for link in LINKS:
                Browser().get(link)
    finally:
        logger.removeHandler(caplog.handler)
    text = " ".join(
        f"{record.getMessage()} {record.__dict__}" for record in caplog.records if record.name == "onebook.request"
    )
    assert "/parties/" in text
    assert "GET /offer/***/" in text
    assert "hush" not in text


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
