"""The Python of the house: who may import whom, how long things get, and that nothing hides behind a signal.

The figures are those of the style guide. Where we are not there yet the limit is what holds today, and may only fall.
"""

import ast
import statistics
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import grimp
import pytest
from importlinter.contracts.layers import LayersContract

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "core", "crm", "erp", "integration", "reporting")
TOOLS = ("bench", "deploy", "scripts")

# Where a library offers nothing but its signals: file → the modules it takes them from.
SIGNALS_OF_OTHERS = {
    # Celery has no other hook before a task, after it, and instead of its own set-up of logs.
    "config/celery.py": {"celery.signals"},
}
# What else has a `connect`: a database driver, and the handlers of an app, which register for events by name.
CONNECTS = {"psycopg", "handlers"}


class Sizes(NamedTuple):
    """Lines of one kind of thing."""

    median: float
    p90: int
    longest: int


FILES = Sizes(median=83, p90=350, longest=350)  # the median is to be 80; 82 today
FUNCTIONS = Sizes(median=8, p90=25, longest=60)
VIEW_CLASSES = Sizes(median=21, p90=75, longest=120)  # the median is to be 12; its p90 and longest are unwritten
TOOL_FUNCTIONS = Sizes(median=9, p90=25, longest=60)  # a benchmark is a row of steps; today's median
TEST_FILES = Sizes(median=135, p90=350, longest=600)  # a test's file is as long as its subject; today's median
TEST_FUNCTIONS = Sizes(median=8, p90=25, longest=110)  # scenarios read like a day: 109 is the longest of them


@cache
def texts(*folders: str) -> dict[str, str]:
    """Path → text; files without a word are left out, and migrations, which are generated."""
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    found = {str(path.relative_to(ROOT)): path for path in files if "migrations" not in path.parts}
    return {name: text for name, path in found.items() if (text := path.read_text(encoding="utf-8"))}


def mentioning(*words: str) -> dict[str, ast.Module]:
    """The trees of the files of the house that have one of these words at all."""
    found = texts(*PACKAGES, *TOOLS)
    return {name: ast.parse(text) for name, text in found.items() if any(word in text for word in words)}


# --- signals


def signal_modules(tree: ast.Module) -> Iterator[str]:
    """Modules of signals that a file takes something from, however it imports them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            # `from django.db.models import signals` names the module last, `from x.signals import y` does not.
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name.endswith(".signals") else str(node.module) for name in names]
        elif isinstance(node, ast.Attribute) and node.attr in ("signals", "dispatch") and is_module(node.value):
            names = [ast.unparse(node)]
        else:
            continue
        for name in names:
            if name.startswith("django.dispatch") or "signals" in name.split("."):
                yield name


def is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("models", "django")


def connections(tree: ast.Module) -> Iterator[str]:
    """What a file calls `connect` on, or hangs a receiver on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "connect":
            yield ast.unparse(node.func.value)
        elif isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                called = decorator.func if isinstance(decorator, ast.Call) else decorator
                if isinstance(called, ast.Attribute) and called.attr == "connect":
                    yield ast.unparse(called.value)
                elif isinstance(called, ast.Name | ast.Attribute) and ast.unparse(called).endswith("receiver"):
                    yield "receiver"


@pytest.mark.parametrize(
    "text",
    [
        "import django.db.models.signals",
        "from django.db.models import signals",
        "from django.db.models.signals import post_save",
        "from django.core.signals import request_finished as done",
        "from django.dispatch import receiver",
        "from django.db import models\nmodels.signals.post_save",
        "from allauth.account.signals import user_signed_up",
    ],
)
def test_a_signal_is_seen_however_it_is_taken(text: str) -> None:
    assert list(signal_modules(ast.parse(text)))


def test_no_signals() -> None:
    found = {path: set(signal_modules(tree)) for path, tree in mentioning("signals", "dispatch").items()}
    assert {path: names for path, names in found.items() if names} == SIGNALS_OF_OTHERS


def test_nothing_connects_to_a_signal() -> None:
    trees = mentioning("connect", "receiver")
    found = {path: set(connections(tree)) for path, tree in trees.items() if path not in SIGNALS_OF_OTHERS}
    assert set().union(*found.values()) == CONNECTS, {path: names for path, names in found.items() if names - CONNECTS}


# --- sizes

VIEWS = ("View", "ViewSet")


class Block(NamedTuple):
    """A function or class: where it is, its length, and what a class is made from (`None` for a function)."""

    place: str
    lines: int
    bases: tuple[str, ...] | None


def blocks(path: str, node: ast.AST) -> Iterator[Block]:
    """The functions and classes below a node. Statements are walked, not expressions: that is most of the tree."""
    for part in ("body", "orelse", "finalbody", "handlers", "cases"):
        below = getattr(node, part, None)
        for child in below if isinstance(below, list) else ():
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                bases = tuple(map(ast.unparse, child.bases)) if isinstance(child, ast.ClassDef) else None
                length = (child.end_lineno or child.lineno) - child.lineno + 1
                yield Block(f"{path}:{child.lineno} {child.name}", length, bases)
            yield from blocks(path, child)


@cache
def blocks_of(*folders: str) -> list[Block]:
    """All blocks, kept without their trees: a million nodes would be in the way of the collector."""
    return [block for path, text in texts(*folders).items() for block in blocks(path, ast.parse(text))]


def file_lengths(*folders: str) -> dict[str, int]:
    return {path: len(text.splitlines()) for path, text in texts(*folders).items()}


def function_lengths(*folders: str) -> dict[str, int]:
    return {block.place: block.lines for block in blocks_of(*folders) if block.bases is None}


def view_lengths(*folders: str) -> dict[str, int]:
    found = blocks_of(*folders)
    return {block.place: block.lines for block in found if any(base.endswith(VIEWS) for base in block.bases or ())}


@pytest.mark.parametrize(
    ("measure", "folders", "limit"),
    [
        pytest.param(file_lengths, PACKAGES, FILES, id="files"),
        pytest.param(function_lengths, PACKAGES, FUNCTIONS, id="functions"),
        pytest.param(view_lengths, PACKAGES, VIEW_CLASSES, id="view classes"),
        pytest.param(function_lengths, TOOLS, TOOL_FUNCTIONS, id="functions of tools"),
        pytest.param(file_lengths, ("tests",), TEST_FILES, id="files of tests"),
        pytest.param(function_lengths, ("tests",), TEST_FUNCTIONS, id="functions of tests"),
    ],
)
def test_sizes(measure: Any, folders: tuple[str, ...], limit: Sizes) -> None:
    found = measure(*folders)
    assert {name: length for name, length in found.items() if length > limit.longest} == {}
    ordered = sorted(found.values())
    assert statistics.median(ordered) <= limit.median
    assert ordered[int(len(ordered) * 0.9)] <= limit.p90


# --- arrows: `make check` runs import-linter; here, that its contracts speak of everything, and refuse


@cache
def linter() -> dict[str, Any]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return dict(settings["tool"]["importlinter"])


def contract(name: str) -> dict[str, Any]:
    [found] = [item for item in linter()["contracts"] if item["name"].startswith(name)]
    return dict(found)


def apps_of(*packages: str) -> list[str]:
    """The Django apps below packages, by their dotted names."""
    found = [path.parent.relative_to(ROOT) for package in packages for path in (ROOT / package).rglob("apps.py")]
    return sorted(".".join(path.parts) for path in found)


def refused(name: str, *imports: tuple[str, str]) -> set[tuple[str, str]]:
    """Of these imports, added to those that there are, the ones that a contract of layers does not let pass."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    for importer, imported in imports:
        assert {importer, imported} <= graph.modules
        graph.add_import(importer=importer, imported=imported)
    check = LayersContract(name, {"root_packages": linter()["root_packages"]}, contract(name)).check(graph, False)
    return {
        (link["importer"], link["imported"])
        for dependency in check.metadata["invalid_dependencies"]
        for route in dependency["routes"]
        for link in (*route["extra_firsts"], *route["chain"], *route["extra_lasts"])
    } & set(imports)


def test_every_package_stands_on_a_floor() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"scripts", "tests", "bench"}
    assert packages == set(PACKAGES) == set(linter()["root_packages"])
    floors = {name.strip() for layer in contract("Floors")["layers"] for name in layer.split("|")}
    assert floors == packages


def test_no_floor_imports_a_higher_one() -> None:
    upward = (
        ("core.errors", "reporting.api"),
        ("core.errors", "config.urls"),
        ("crm.leads.models", "integration.money"),
        ("crm.leads.models", "erp.orders.models"),
        ("erp.orders.models", "crm.leads.models"),
        ("integration.money", "reporting.board"),
    )
    assert refused("Floors", *upward) == set(upward)


def test_every_app_of_a_wing_has_its_place() -> None:
    for package in ("core", "crm", "erp"):
        inside = contract(f"Inside {package}")
        named = {name.strip(" ()") for layer in inside["layers"] for name in layer.split("|")}
        assert inside["exhaustive"]
        assert {f"{package}.{name}" for name in named} >= {app for app in apps_of(package) if app.count(".") == 1}


def test_files_of_every_app_keep_their_order() -> None:
    """The lowest file of an app imports its highest one: every app's contract sees it."""
    layers = [[name.strip(" ()") for name in layer.split("|")] for layer in contract("Inside an app")["layers"]]
    upward = []
    for app in apps_of("crm", "erp", "integration", "reporting"):
        folder = ROOT.joinpath(*app.split("."))
        there = [
            name for layer in layers for name in layer if (folder / name).is_dir() or (folder / f"{name}.py").exists()
        ]
        if len(there) > 1:
            upward.append((f"{app}.{there[-1]}", f"{app}.{there[0]}"))
    assert len(upward) >= 13
    assert refused("Inside an app", *upward) == set(upward)
