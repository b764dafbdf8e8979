"""Icons of the one sprite, as markup."""

from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("vendor/icons.svg")


@lru_cache(maxsize=1024)
def icon(name: str, css: str = "") -> SafeString:
    """The icon of this name; decorative, so a reader hears nothing of it."""
    if not name:
        return SafeString("")
    tag = '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>'
    return format_html(tag, f" {css}" if css else "", _sprite(), name)
