"""Compile translations (`*.po` to `*.mo`) that changed; the results are build products and ignored by git."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("locale", "*/locale", "*/*/locale")


def sources() -> list[Path]:
    """Every translation of the project, below the folders that hold our code."""
    skipped = {"var", "node_modules", ".venv", "build"}
    found = (path for place in PLACES for path in ROOT.glob(f"{place}/*/LC_MESSAGES/*.po"))
    return sorted(path for path in found if path.relative_to(ROOT).parts[0] not in skipped)


def main() -> int:
    """Compile what is older than its source; an error of format is fatal, a missing tool is named."""
    stale = []
    for source in sources():
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            stale.append((source, target))
    if stale and shutil.which("msgfmt") is None:
        print("Translations stay as they are: msgfmt is missing (sudo apt-get install gettext).", file=sys.stderr)
        return 0
    failed = 0
    for source, target in stale:
        failed += subprocess.run(["msgfmt", "--check-format", "-o", target, source], check=False).returncode != 0
    return int(failed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
