"""Cut one small SVG sprite out of the Tabler icons: only those named in static/icons.txt.

A line of the list is `name` (outline) or `name-filled`; `#` starts a comment. A template uses an icon as
`<svg class="icon" aria-hidden="true"><use href="{% static 'vendor/icons.svg' %}#name"/></svg>`.
Run alone after a change of the list: `python -m scripts.cut_icons`.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ICONS = ROOT / "node_modules" / "@tabler" / "icons" / "icons"
LIST = ROOT / "static" / "icons.txt"
SPRITE = ROOT / "static" / "vendor" / "icons.svg"

OUTLINE = (
    'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'  # as Tabler
)
FILLED = 'fill="currentColor"'
# Tabler puts an invisible 24 x 24 box first in every icon; in a sprite it is weight only.
BOUNDING_BOX = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def wanted_icons(text: str) -> list[str]:
    """Names of the list, sorted, without comments and repetitions."""
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return sorted({line for line in lines if line})


def source_of(name: str) -> Path:
    """Where the package keeps the icon of that name."""
    if name.endswith("-filled"):
        return ICONS / "filled" / f"{name.removesuffix('-filled')}.svg"
    return ICONS / "outline" / f"{name}.svg"


def symbol(name: str, svg: str) -> str:
    """One `<symbol>` from one icon file."""
    body = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    body = re.sub(r"\s*\n\s*", "", BOUNDING_BOX.sub("", body)).strip()
    paint = FILLED if name.endswith("-filled") else OUTLINE
    return f'<symbol id="{name}" viewBox="0 0 24 24" {paint}>{body}</symbol>'


def cut_icons() -> int:
    """Write the sprite; return a non-zero code and name the icons that do not exist."""
    names = wanted_icons(LIST.read_text(encoding="utf-8"))
    unknown = [name for name in names if not source_of(name).is_file()]
    if unknown:
        print(f"No such Tabler icon, correct static/icons.txt: {', '.join(unknown)}", file=sys.stderr)
        return 1
    symbols = "\n".join(symbol(name, source_of(name).read_text(encoding="utf-8")) for name in names)
    SPRITE.parent.mkdir(parents=True, exist_ok=True)
    SPRITE.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n', encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(cut_icons())
