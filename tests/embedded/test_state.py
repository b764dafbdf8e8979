"""Where state lives, which secrets it holds, and how a second shell finds them."""

import os
import socket
import stat
from pathlib import Path

import pytest

from core.embedded import ports, state
from core.embedded.account import can_reach, service_account
from core.embedded.environment import load_environment, store_environment
from core.embedded.processes import LARGEST_LOG, rotate
from core.embedded.servers import embedded_servers
from core.embedded.state import State, read_or_make_secret, state_directory


def test_the_configured_directory_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ONEBOOK_STATE", str(tmp_path / "here"))
    assert state_directory() == tmp_path / "here"


def test_a_clone_that_the_account_cannot_enter_keeps_its_state_outside(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ONEBOOK_STATE", raising=False)
    monkeypatch.setattr(state, "PROJECT", tmp_path / "clone")
    if os.geteuid() != 0:
        assert state_directory() == state.DEFAULT_STATE
        return
    first = state_directory()
    monkeypatch.setattr(state, "PROJECT", tmp_path / "other" / "clone")
    assert first.parent == state_directory().parent == state.SYSTEM_STATE
    assert first != state_directory()


def test_a_secret_is_made_once_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "key"
    secret = read_or_make_secret(path)
    assert len(secret) >= 64
    assert read_or_make_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_later_shell_finds_the_environment(monkeypatch: pytest.MonkeyPatch, place: Path, state: State) -> None:
    store_environment(state, {"DATABASE_URL": "postgresql://stored/", "REDIS_URL": "redis://stored/", "EMPTY": ""})
    assert stat.S_IMODE((state.secrets / "environment").stat().st_mode) == 0o600
    monkeypatch.setenv("ONEBOOK_STATE", str(place))
    monkeypatch.setenv("DATABASE_URL", "postgresql://mine/")
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.delenv("EMPTY", raising=False)
    load_environment()
    assert os.environ["DATABASE_URL"] == "postgresql://mine/"
    assert os.environ.pop("REDIS_URL") == "redis://stored/"
    assert "EMPTY" not in os.environ


def test_no_stored_environment_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ONEBOOK_STATE", str(tmp_path))
    before = dict(os.environ)
    load_environment()
    assert dict(os.environ) == before


def test_outside_addresses_replace_the_embedded_servers(monkeypatch: pytest.MonkeyPatch, state: State) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/books")
    monkeypatch.setenv("REDIS_URL", "redis://cache/")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    servers = embedded_servers(state)
    assert (servers.postgres, servers.valkey) == (None, None)
    assert servers.environment() == {
        "ONEBOOK_STATE": str(state.root),
        "DATABASE_URL": "postgresql://app@db/books",
        "DATABASE_OWNER_URL": "postgresql://app@db/books",
        "REDIS_URL": "redis://cache/",
    }


def test_a_port_is_remembered_until_it_is_taken(tmp_path: Path) -> None:
    memory = tmp_path / "port"
    first = ports.choose_port(first=59000, memory=memory)
    assert ports.choose_port(first=40000, memory=memory) == first
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", first))
        squatter.listen()
        second = ports.choose_port(first=59000, memory=memory)
    assert second > first
    assert ports.choose_port(first=59000, memory=memory) == second


def test_reach_is_asked_as_the_account(tmp_path: Path) -> None:
    assert can_reach(None, tmp_path, mode="-w")
    assert not can_reach(None, tmp_path / "nothing")
    account = service_account()
    if account is not None:
        tmp_path.chmod(0o700)
        assert not can_reach(account, tmp_path)
        assert can_reach(account, Path("/"))


def test_a_large_log_makes_room(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    rotate(log)
    log.write_text("short")
    rotate(log)
    assert log.read_text() == "short"
    with log.open("wb") as file:
        file.truncate(LARGEST_LOG + 1)
    rotate(log)
    assert not log.exists()
    assert log.with_name("web.log.1").stat().st_size == LARGEST_LOG + 1
