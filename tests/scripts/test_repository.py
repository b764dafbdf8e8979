"""What must never be committed: addresses of package indexes, third-party code, unpinned dependencies."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-assets.lock")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index_and_hashes_everything(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if "://" in line or line.startswith("-")] == []
    pinned = re.findall(
        r"^[a-zA-Z0-9][^\s=]*==\S+ \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+)", text, re.MULTILINE
    )
    assert len(pinned) == len(re.findall(r"^[a-zA-Z0-9]", text, re.MULTILINE)) > 0


def test_what_develops_is_what_runs() -> None:
    pins = re.compile(r"^([a-zA-Z0-9][^\s=]*==\S+) \\$", re.MULTILINE)
    runtime, development = (set(pins.findall((ROOT / name).read_text(encoding="utf-8"))) for name in LOCKS[:2])
    assert runtime - development == set()


def test_the_npm_lock_names_no_address_and_hashes_everything() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    outside = {name: entry for name, entry in packages.items() if name}
    assert [name for name, entry in outside.items() if "resolved" in entry] == []
    assert [name for name, entry in outside.items() if not entry["integrity"].startswith("sha512-")] == []


def test_versions_of_browser_packages_are_exact() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert [version for version in versions.values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_third_party_code_and_state_are_ignored() -> None:
    ignored = set((ROOT / ".gitignore").read_text(encoding="utf-8").splitlines())
    assert ignored >= {"/var/", "/.venv/", "/node_modules/", "/static/vendor/", "*.mo", ".env"}
