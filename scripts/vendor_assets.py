"""Copy the few browser files in use from node_modules/ to static/vendor/, and cut the icon sprite.

Run by `make assets` after `npm ci`. The folder is ignored by git: third-party code is never committed.
"""

import re
import shutil
import sys
from pathlib import Path

from scripts.cut_icons import cut_icons

ROOT = Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"

FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "sortable.min.js": "sortablejs/Sortable.min.js",
    "echarts.min.js": "echarts/dist/echarts.min.js",
    "tom-select.complete.min.js": "tom-select/dist/js/tom-select.complete.min.js",
    "tom-select.bootstrap5.min.css": "tom-select/dist/css/tom-select.bootstrap5.min.css",
}

# The maps are not shipped, and the manifest static storage refuses a reference to a file that is not there.
SOURCE_MAP = re.compile(rb"(?:/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*$")


def copy_file(source: Path, target: Path) -> None:
    """Copy one file without its trailing source-map reference."""
    target.write_bytes(SOURCE_MAP.sub(b"", source.read_bytes()))


def main() -> int:
    """Fill static/vendor/ from scratch; return a non-zero code when a wanted file is missing."""
    missing = [name for name in FILES.values() if not (NODE_MODULES / name).is_file()]
    if missing:
        print(f"Not in node_modules/: {', '.join(missing)}. Run `npm ci` first.", file=sys.stderr)
        return 1
    # Emptied, not removed: a running web server may be serving from the folder.
    VENDOR.mkdir(parents=True, exist_ok=True)
    for stale in VENDOR.iterdir():
        if stale.name not in FILES and stale.name != "icons.svg":
            shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
    for target, source in FILES.items():
        copy_file(NODE_MODULES / source, VENDOR / target)
    return cut_icons()


if __name__ == "__main__":
    raise SystemExit(main())
