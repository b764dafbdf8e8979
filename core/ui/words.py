"""`{% translate "…" %}` of a constant looks its words up once a language and not once a page; a page has sixty of them.

The tag comes with `{% load ui %}`, which stands behind `i18n` and so takes its place."""

from typing import Any

from django import template
from django.templatetags import i18n
from django.utils.translation import get_language


class KnownWordsNode(template.Node):
    """A constant text, by language."""

    def __init__(self, inside: i18n.TranslateNode) -> None:
        self.inside, self._known = inside, dict[str | None, str]()

    def render(self, context: template.Context) -> str:
        language = get_language()
        found = self._known.get(language)
        if found is None:
            found = self._known[language] = str(self.inside.render(context))
        return found


def is_constant(node: i18n.TranslateNode) -> bool:
    """Whether the tag depends on nothing but the language."""
    words: Any = node.filter_expression
    return words.var.literal is not None and not (words.filters or node.message_context or node.asvar or node.noop)


def translate(parser: Any, token: Any) -> template.Node:
    """As Django's."""
    made = i18n.do_translate(parser, token)
    return KnownWordsNode(made) if is_constant(made) else made
