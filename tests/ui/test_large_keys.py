"""Keys of four digits and more reach the server as they are, not grouped like figures for reading."""

from html.parser import HTMLParser

from django.utils.safestring import SafeString

from core.ui.tables import Row


class Values(HTMLParser):
    """The values of named inputs."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: dict[str, str | None] = {}
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and (name := given.get("name")):
            self.found[name] = given.get("value")


def test_a_row_is_chosen_by_its_key():
    row = Row(1234567, "/deals/1234567/", 'A "quoted" <title>', SafeString("<td></td>"))
    assert Values(row.selectable_html).found == {"ids": "1234567"}
    assert row.selectable_html.count('aria-label="A &quot;quoted&quot; &lt;title&gt;"') == 1
