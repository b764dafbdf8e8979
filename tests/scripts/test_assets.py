"""The icon sprite and the copying of browser files."""

from pathlib import Path

from scripts.cut_icons import LIST, source_of, symbol, wanted_icons
from scripts.vendor_assets import FILES, NODE_MODULES, copy_file

ICON = """<svg
  xmlns="http://www.w3.org/2000/svg"
  width="24"
  class="icon"
>
  <path stroke="none" d="M0 0h24v24H0z" fill="none" />
  <path d="M5 12h14" />
  <path d="M12 5v14" />
</svg>"""


def test_the_list_is_sorted_and_freed_of_comments() -> None:
    assert wanted_icons("# heading\nplus\n\nhome  # the start\nplus\n") == ["home", "plus"]


def test_a_symbol_keeps_the_drawing_and_drops_the_box() -> None:
    cut = symbol("plus", ICON)
    assert cut.startswith('<symbol id="plus" viewBox="0 0 24 24" fill="none" stroke="currentColor"')
    assert cut.endswith('><path d="M5 12h14" /><path d="M12 5v14" /></symbol>')
    assert 'fill="currentColor"' in symbol("star-filled", ICON)


def test_every_listed_icon_exists() -> None:
    names = wanted_icons(LIST.read_text(encoding="utf-8"))
    assert [name for name in names if not source_of(name).is_file()] == []


def test_references_to_source_maps_are_cut(tmp_path: Path) -> None:
    source, target = tmp_path / "a.js", tmp_path / "b.js"
    source.write_text("run();\n//# sourceMappingURL=a.js.map\n")
    copy_file(source, target)
    assert target.read_text() == "run();\n"
    source.write_text("a{}\n/*# sourceMappingURL=a.css.map */")
    copy_file(source, target)
    assert target.read_text() == "a{}\n"


def test_every_copied_file_is_in_its_package() -> None:
    assert [source for source in FILES.values() if not (NODE_MODULES / source).is_file()] == []
