"""Tags and filters of the templates; values are formatted by core.ui.formats, like everywhere else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms, template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core.ui import columns, formats, icons, nav, registry
from core.ui.badges import Badge
from core.ui.words import translate

register = template.Library()
register.tag("translate", translate)

FIRST_FIELDS = 7
SPARK_WIDTH, SPARK_HEIGHT = 120, 32


@register.filter
def money(value: Decimal | None, currency: Any = "") -> str:
    return formats.money(value, str(currency or ""))


@register.filter
def quantity(value: Decimal | None) -> str:
    return formats.quantity(value)


@register.filter
def price(value: Decimal | None) -> str:
    return formats.price(value)


@register.filter
def percent(value: Decimal | None) -> str:
    return formats.percent(value)


@register.filter
def day(value: dt.date | None) -> str:
    return formats.date(value)


@register.filter
def moment(value: dt.datetime | None) -> str:
    return formats.moment(value)


@register.filter
def relative_time(value: dt.datetime | None) -> SafeString:
    """How long ago, with the exact moment in the title."""
    if value is None:
        return SafeString("")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), formats.moment(value), formats.relative(value)
    )


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    return icons.icon(str(name), css)


@register.simple_tag
def record_link(obj: Any) -> SafeString:
    return columns.record_link(obj) if obj is not None else SafeString("")


@register.simple_tag
def status_badge(obj: Any) -> SafeString:
    """The badge of a record, as its Resource declares it."""
    resource = registry.for_model(type(obj)) if obj is not None else None
    found = resource.status_badge(obj) if resource is not None else None
    return found.html() if found is not None else SafeString("")


@register.simple_tag
def badge(label: Any, color: str = "grey") -> SafeString:
    return Badge(str(label), color).html() if label else SafeString("")


@register.simple_tag
def initials(name: Any) -> str:
    return nav.initials(str(name or ""))


_kept: dict[tuple[Any, ...], str] = {}
KEPT_MOST = 2000


class KeepNode(template.Node):
    """Renders once a process for each combination of key and language."""

    def __init__(self, name: str, keys: list[Any], inside: template.NodeList) -> None:
        self.name, self.keys, self.inside = name, keys, inside

    def render(self, context: template.Context) -> str:
        key = (self.name, get_language(), *(item.resolve(context) for item in self.keys))
        found = _kept.get(key)
        if found is None:
            if len(_kept) > KEPT_MOST:
                _kept.clear()
            found = _kept[key] = self.inside.render(context)
        return found


@register.tag
def keep(parser: Any, token: Any) -> KeepNode:
    """`{% keep "name" key … %}…{% endkeep %}`: markup that depends on nothing but the keys and the language."""
    _tag, name, *keys = token.split_contents()
    inside = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(name, [parser.compile_filter(key) for key in keys], inside)


@register.simple_tag(takes_context=True)
def query_replace(context: Any, **changes: Any) -> str:
    """The current query string with keys replaced, or removed where the value is None."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag
def field_groups(form: forms.BaseForm) -> list[dict[str, Any]]:
    """Fields in the form's own groups; without groups the optional ones past the seventh wait behind "More"."""
    declared = getattr(form, "groups", None)
    if declared:
        groups = [{"title": title, "fields": _bound(form, names), "more": False} for title, names in declared]
        named = {name for _title, names in declared for name in names}
        rest = _bound(form, [name for name in form.fields if name not in named])
        return [group for group in (*groups, {"title": "", "fields": rest, "more": False}) if group["fields"]]
    fields = _bound(form, form.fields)
    later = [field for field in fields[FIRST_FIELDS:] if not field.field.required]
    first = [field for field in fields if field not in later]
    found = [{"title": "", "fields": first, "more": False}]
    return [*found, {"title": "", "fields": later, "more": True}] if later else found


def _bound(form: forms.BaseForm, names: Iterable[str]) -> list[forms.BoundField]:
    return [form[name] for name in names if name in form.fields and not form[name].is_hidden]


@register.simple_tag
def sparkline(values: Iterable[Any], label: Any = "") -> SafeString:
    """A small line of figures; nothing for fewer than two."""
    numbers = [Decimal(str(value)) for value in values or ()]
    if len(numbers) < 2:
        return SafeString("")
    low, high = min(numbers), max(numbers)
    span = (high - low) or Decimal(1)
    step = Decimal(SPARK_WIDTH) / (len(numbers) - 1)
    points = [
        f"{index * step:.1f},{SPARK_HEIGHT - 2 - (number - low) / span * (SPARK_HEIGHT - 4):.1f}"
        for index, number in enumerate(numbers)
    ]
    last_x, last_y = points[-1].split(",")
    context = {
        "width": SPARK_WIDTH,
        "height": SPARK_HEIGHT,
        "points": " ".join(points),
        "area": f"0,{SPARK_HEIGHT} {' '.join(points)} {SPARK_WIDTH},{SPARK_HEIGHT}",
        "last_x": last_x,
        "last_y": last_y,
        "label": label,
    }
    return render_to_string("dashboard/_sparkline.html", context)
