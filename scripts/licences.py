"""The licence gate: nothing under GPL or AGPL at run time.

Reads the metadata of every package that requirements.lock installs. LGPL passes: we use such packages unmodified, as
dependencies. A package whose metadata says nothing is refused until somebody looks and lists it below.
"""

import importlib.metadata
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", re.MULTILINE)
REFUSED = re.compile(r"\bA?GPL|\b(?:Affero )?General Public License", re.IGNORECASE)
LESSER = re.compile(r"LGPL|Lesser General Public|Library or Lesser", re.IGNORECASE)
# A choice of licences passes when one of them does.
CHOICE = re.compile(r"\s+OR\s+", re.IGNORECASE)
# Looked up by hand, because their metadata says nothing that a program can read.
KNOWN: dict[str, str] = {}


def licences_of(name: str) -> list[str]:
    """What a package says of its licence: the expression if it has one, else classifiers, else free text."""
    metadata = importlib.metadata.metadata(name)
    if "License-Expression" in metadata:
        return [metadata["License-Expression"]]
    classifiers = [value for value in metadata.get_all("Classifier") or [] if value.startswith("License :: ")]
    named = [value.rpartition(" :: ")[2] for value in classifiers if value != "License :: OSI Approved"]
    text = "\n".join(metadata.get_all("License") or []).strip().splitlines()
    return named or text[:1] or [KNOWN.get(name, "")]


def is_refused(licence: str) -> bool:
    """Whether one licence statement leaves no choice but GPL or AGPL."""
    choices = [LESSER.sub("", choice) for choice in CHOICE.split(licence)]
    return all(REFUSED.search(choice) for choice in choices)


def problem_of(name: str) -> str | None:
    """Why the package may not be shipped, or None."""
    licences = licences_of(name)
    if not any(licences):
        return f"{name}: no licence in its metadata; look it up and add it to KNOWN in scripts/licences.py"
    # Several classifiers are a choice as a rule (dual licensing), so one good one is enough.
    if all(is_refused(licence) for licence in licences):
        return f"{name}: {', '.join(licences)}"
    return None


def main() -> int:
    """Print every offender; non-zero when there is one."""
    names = PINNED.findall(LOCK.read_text(encoding="utf-8"))
    problems = [problem for name in names if (problem := problem_of(name))]
    for problem in problems:
        print(f"licence refused: {problem}", file=sys.stderr)
    if not problems:
        print(f"{len(names)} packages, none under GPL or AGPL.")
    return int(bool(problems))


if __name__ == "__main__":
    raise SystemExit(main())
