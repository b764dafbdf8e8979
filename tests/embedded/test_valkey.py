"""The embedded Valkey: password, loopback, and nothing lost by a kill."""

import os
import signal
import socket
import stat
import subprocess

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.embedded import processes
from core.embedded.account import service_account
from core.embedded.valkey import ValkeyServer

ONCE = Retry(NoBackoff(), 0)


def client(server: ValkeyServer) -> redis.Redis:
    return redis.Redis.from_url(server.url(), decode_responses=True, socket_timeout=5)


def test_no_way_in_without_the_password(valkey: ValkeyServer) -> None:
    with redis.Redis(port=valkey.port, retry=ONCE) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    with (
        redis.Redis(port=valkey.port, password="wrong", retry=ONCE) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


def test_settings_are_ours(valkey: ValkeyServer) -> None:
    with client(valkey) as connection:
        found = {
            name: connection.config_get(name)[name]
            for name in ("bind", "appendonly", "appendfsync", "save", "maxmemory-policy", "protected-mode")
        }
    assert found == {
        "bind": "127.0.0.1",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "protected-mode": "yes",
    }
    assert stat.S_IMODE(valkey.data.joinpath("valkey.conf").stat().st_mode) == 0o600


def test_listens_on_loopback_only(valkey: ValkeyServer) -> None:
    # Another address of this machine: one who listens on all of them would answer.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", valkey.port), timeout=2)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to the service account")
def test_root_drops_to_the_service_account(valkey: ValkeyServer) -> None:
    account, pid = service_account(), valkey.running_pid()
    assert account is not None
    assert pid is not None
    assert processes.PROC.joinpath(str(pid)).stat().st_uid == account.uid != 0


def test_a_running_server_is_found_not_started_again(valkey: ValkeyServer) -> None:
    other = ValkeyServer(state=valkey.state)
    assert other.start() is False
    assert (other.port, other.running_pid()) == (valkey.port, valkey.running_pid())


def test_survives_kill_9_with_its_queue(valkey: ValkeyServer) -> None:
    with client(valkey) as connection:
        connection.rpush("queue", "one", "two")
        # Written every second; the test is about the start, not about that second.
        connection.execute_command("WAITAOF", 1, 0, 3000)
    pid, port = valkey.running_pid(), valkey.port
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert valkey.start() is True
    assert valkey.port == port
    with client(valkey) as connection:
        assert connection.lrange("queue", 0, -1) == ["one", "two"]


def test_a_strangers_process_number_does_not_count_as_running(valkey: ValkeyServer) -> None:
    valkey.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        valkey.data.joinpath("valkey.pid").write_text(f"{stranger.pid}\n", encoding="ascii")
        assert valkey.running_pid() is None
        assert valkey.start() is True
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
