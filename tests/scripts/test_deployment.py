"""The production files: no secret in them, no root in them, a health check on every service that stays."""

import re
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SECRETS = ("PASSWORD", "SECRET_KEY", "REDISCLI_AUTH")


def test_the_services_are_these() -> None:
    assert set(SERVICES) == {"web", "worker", "beat", "migrate", "postgres", "valkey"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_secrets_come_from_outside_and_are_required(name: str) -> None:
    values = {key: value for key, value in SERVICES[name]["environment"].items() if any(s in key for s in SECRETS)}
    assert values != {} or name in {"web", "worker", "beat", "migrate"}
    # A mail server within the house may ask for no password.
    may_be_empty = {key for key, value in values.items() if value == "${EMAIL_HOST_PASSWORD:-}"}
    required = {key: value for key, value in values.items() if key not in may_be_empty}
    assert [key for key, value in required.items() if not re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", value)] == []
    for value in SERVICES[name]["environment"].values():
        for password in re.findall(r"://[^:/]*:([^@]*)@", str(value)):
            assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", password)


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_what_stays_up_has_a_health_check_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_log_fills_the_disk(name: str) -> None:
    assert SERVICES[name]["logging"] == {"driver": "json-file", "options": {"max-size": "20m", "max-file": "5"}}


def test_only_the_migration_knows_the_owner() -> None:
    told = {name for name, service in SERVICES.items() if "OWNER" in str(service["environment"])}
    assert told == {"migrate", "postgres"}
    assert SERVICES["migrate"]["restart"] == "no"


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_application_waits_for_the_migration_and_may_write_nowhere_else(name: str) -> None:
    service = SERVICES[name]
    assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


def test_nothing_but_the_web_is_published_and_that_on_loopback() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"web"}
    assert SERVICES["web"]["ports"] == ["${ONEBOOK_PUBLISH:-127.0.0.1:8000}:8000"]


def test_the_database_keeps_chinese_searchable() -> None:
    assert "--lc-ctype=C.UTF-8" in SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_every_variable_is_explained() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    required = set(re.findall(r"\$\{([A-Z_]+):\?", text))
    explained = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert required - explained == set()
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert re.findall(r"^(?:\w*PASSWORD|SECRET_KEY)=.+$", example, re.MULTILINE) == []


def test_the_image_runs_without_rights_on_the_runtime_lock() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    final = text[text.rindex("\nFROM ") :]
    assert re.findall(r"^USER (\S+)$", final, re.MULTILINE) == ["onebook"]
    assert "requirements-dev" not in text
    # The application sets up the log before gunicorn's first words; gunicorn's own access log would hold queries.
    assert '"--preload"' in final
    assert "--access-logfile" not in final
    assert "--require-hashes" in text
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".env", "var", ".git"} <= set(ignored)


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_no_banner_stands_between_the_lines_of_the_log(name: str) -> None:
    assert "--quiet" in SERVICES[name]["command"]


@pytest.mark.parametrize("name", [".ci/run", "deploy/postgres-roles.sh"])
def test_scripts_can_be_run(name: str) -> None:
    assert (ROOT / name).stat().st_mode & stat.S_IXUSR
