"""`make bench`: the table of the bar's rows that exist so far, ours beside plain SQL measured in the same run.

Every module of this folder with a `rows()` is a part; `python -m bench ledger` runs only the named ones.
"""

import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence

import django

import bench

HEADINGS = ("row", "ours", "floor (plain SQL)", "target")
WIDTHS = (58, 24, 24, 24)


def line(cells: Sequence[str]) -> str:
    """One line of the table."""
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def main(names: Sequence[str]) -> int:
    """Print rows as they come; a name that does not exist is refused."""
    parts = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__")
    if unknown := set(names) - set(parts):
        print(f"No such part: {', '.join(sorted(unknown))}; there are {', '.join(parts)}.", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(line(HEADINGS))
    print(line(["-" * width for width in WIDTHS]))
    for part in names or parts:
        module = importlib.import_module(f"bench.{part}")
        for row in module.rows() if hasattr(module, "rows") else ():
            print(line(row), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
