"""axe-core over a page: what it finds against WCAG 2.2 AA. It runs from node_modules and is part of no page."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

SOURCE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (options) => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...options });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => {
    const why = [...node.any, ...node.all, ...node.none].map((check) => check.message)[0] ?? "";
    return `${id}: ${node.target.join(" ")}: ${why}`;
  }));
}"""


@cache
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Everything, as the page stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    return list(page.evaluate(RUN, {"runOnly": {"type": "tag", "values": TAGS}}))
