"""The Chinese of every string: `python -m scripts.translations` takes new strings into the catalogue, with `--check` it
says which ones lack a translation and changes nothing.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import django
from django.core.management import call_command
from django.core.management.commands import makemessages

ROOT = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans"
CATALOGUE = ROOT / "locale" / LOCALE / "LC_MESSAGES" / "django.po"
NOT_OURS = ["bench", "build", "node_modules", "scripts", "staticfiles", "tests", "var", ".venv"]


class Extraction(makemessages.Command):
    """Also what stands in `_t(…)`: our name for the translation at once, where `_` is the lazy one."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=_t"]


def update() -> None:
    """Bring the catalogue up to date with the code; what nobody asks for any more goes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    os.chdir(ROOT)  # where the command looks for code
    call_command(
        Extraction(),
        locale=[LOCALE],
        ignore_patterns=NOT_OURS,
        no_obsolete=True,
        add_location="file",
        verbosity=0,
    )


def lacking(catalogue: Path) -> list[str]:
    """The strings without a translation, and those whose translation was only guessed."""
    options = ("--untranslated", "--only-fuzzy")
    return sorted({text for option in options for text in _strings(_selected(catalogue, option))})


def _selected(catalogue: Path, option: str) -> str:
    command = ["msgattrib", option, "--no-obsolete", "--no-wrap", "--no-location", str(catalogue)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _strings(entries: str) -> list[str]:
    lines = [line.removeprefix("msgid ") for line in entries.splitlines() if line.startswith("msgid ")]
    return [line for line in lines if line != '""']


def check() -> int:
    """:returns: 1 when a string lacks its translation, after naming all that do. The catalogue stays as it was."""
    before = CATALOGUE.read_bytes()
    try:
        update()
        found = lacking(CATALOGUE)
    finally:
        CATALOGUE.write_bytes(before)
    for text in found:
        print(text)
    if found:
        print(f"{len(found)} strings have no Chinese: python -m scripts.translations adds them to the catalogue.")
    return int(bool(found))


def main(arguments: Sequence[str]) -> int:
    if shutil.which("xgettext") is None:
        print("xgettext is missing (sudo apt-get install gettext).", file=sys.stderr)
        return 1
    if "--check" in arguments:
        return check()
    update()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
