"""The browser's modules: they import only what exists, never in a circle (hashed names could not be given), and keep
the first visit small."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "static" / "js"
IMPORT = re.compile(r"""import\s+(?:{([^}]*)}\s+from\s+)?["']\./([\w-]+)\.js["']|import\(["']\./([\w-]+)\.js["']\)""")
EXPORT = re.compile(r"^export\s+(?:async\s+)?(?:function|const|class)\s+(\w+)", re.MULTILINE)
MODULES = sorted(path.stem for path in FOLDER.glob("*.js"))
# Loaded on every page; together with the sheets and the icons they are the first visit.
EVERYWHERE = ("app", "page", "nav", "shortcuts", "list")


def source(name: str) -> str:
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8")


def imported(name: str) -> dict[str, set[str]]:
    """Module → names taken from it; a lazy import takes none by name."""
    found: dict[str, set[str]] = {}
    for names, eager, lazy in IMPORT.findall(source(name)):
        taken = {item.split(" as ")[0].strip() for item in names.split(",") if item.strip()}
        found.setdefault(eager or lazy, set()).update(taken)
    return found


@pytest.mark.parametrize("name", MODULES)
def test_imports_exist(name: str) -> None:
    for module, names in imported(name).items():
        offered = set(EXPORT.findall(source(module))) | {
            item.strip()
            for block in re.findall(r"^export {([^}]*)}", source(module), re.MULTILINE)
            for item in block.split(",")
        }
        assert names - offered == set(), f"{name}.js takes from {module}.js what it does not export"


def test_no_circle() -> None:
    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path, name))
        for module in imported(name):
            walk(module, (*path, name))

    for name in MODULES:
        walk(name, ())


@pytest.mark.parametrize("name", MODULES)
def test_nothing_that_the_content_policy_refuses(name: str) -> None:
    text = source(name)
    assert not re.search(r"\beval\(|new Function\(|setAttribute\([\"']style|insertAdjacentHTML|document\.write", text)


def test_first_visit_loads_what_it_must() -> None:
    static = {"app"}
    while (found := static | {m for name in static for m in eager(name)}) != static:
        static = found
    assert static == set(EVERYWHERE)
    assert sum(len(source(name).encode()) for name in EVERYWHERE) < 40_000


def eager(name: str) -> list[str]:
    return [module for _names, module, _lazy in IMPORT.findall(source(name)) if module]
