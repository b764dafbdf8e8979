"""Numbers in texts from outside: one reading for the whole suite."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from core.whole_numbers import MOST, id_in, whole_number

# What reads no text from outside: our own ports and settings, and how a number that is one already is written.
OWN_TEXTS = {
    "config/env.py",
    "core/embedded/checks.py",
    "core/embedded/postgres.py",
    "core/imports/formats.py",
    "core/ui/widgets.py",
    "core/whole_numbers.py",
}


NUMBERS = {"0": 0, "7": 7, "007": 7, 12: 12, str(MOST): MOST}
NONE = ("", " ", "²", "٣", "1²", "-1", "+1", "1.0", "1e3", "1_0", " 1", "1\n", "x", None, True, 1.5, str(MOST + 1))


@pytest.mark.parametrize(("text", "number"), [*NUMBERS.items(), *((text, None) for text in NONE), ("9" * 5000, None)])
def test_a_whole_number_is_ascii_digits_that_fit(text: object, number: int | None) -> None:
    assert whole_number(text) == number


def test_a_number_beyond_the_most_is_none() -> None:
    assert [whole_number(text, most=9) for text in ("9", "10", "010")] == [9, None, None]
    assert whole_number("0", most=-1) is None


def test_nothing_has_the_id_zero() -> None:
    assert [id_in(text) for text in ("1", "0", "²", "9" * 30)] == [1, None, None, None]


def test_nobody_else_reads_digits() -> None:
    """`str.isdigit()` and its sisters say yes to what `int()` refuses."""
    root = Path(settings.BASE_DIR)
    found = {
        str(path.relative_to(root))
        for folder in ("config", "core", "crm", "erp", "integration", "reporting")
        for path in (root / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("isdigit", "isdecimal", "isnumeric")
    }
    assert found == OWN_TEXTS
