"""A board's cards as markup. Plain functions, because a board draws a hundred of them and a template asks for every
value of each by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.ui.icons import icon


@dataclass(frozen=True)
class BoardCard:
    """A card as it is drawn; `version` is the record's, to tell that somebody else moved it meanwhile."""

    id: str
    title: str
    subtitle: str
    amount: str
    owner: str
    initials: str
    url: str
    age_state: str
    age: str
    version: str


class Moving:
    """The way to move that every card of a board has: a menu for scripts, a form without one.

    :ivar keys: columns to move to, as key and label.
    :ivar here: where a person lands afterwards.
    """

    def __init__(self, url: str, keys: Sequence[tuple[Any, Any]], token: str, here: str) -> None:
        self.url = url
        hidden = f'<input type="hidden" name="csrfmiddlewaretoken" value="{escape(token)}">'
        following = f'<input type="hidden" name="next" value="{escape(here)}">'
        options = format_html_join("", '<option value="{}">{}</option>', keys)
        self._button = (
            '<button type="button" class="icon-btn card-menu only-script" data-move-menu aria-haspopup="true"'
            f' title="{escape(_("Move to…"))}">{icon("dots", "icon-sm")}<span class="visually-hidden">'
        )
        self._form = f'</span></button><form class="no-script" method="post" action="{escape(url)}">{hidden}'
        self._choice = (
            f'{following}<select name="to" aria-label="{escape(_("Move to"))}">{options}</select>'
            f'<button class="btn">{escape(_("Move"))}</button></form>'
        )
        self._words = _("Move %(title)s to…")

    def html(self, card: BoardCard) -> str:
        return (
            f"{self._button}{escape(self._words % {'title': card.title})}{self._form}"
            f'<input type="hidden" name="pk" value="{escape(card.id)}">'
            f'<input type="hidden" name="version" value="{escape(card.version)}">{self._choice}'
        )


def cards_html(cards: Iterable[BoardCard], moving: Moving | None) -> SafeString:
    """The cards of a column; without `moving` they only lead to their records."""
    late = icon("clock", "icon-sm")
    made = (_card(card, late, moving.html(card) if moving else "") for card in cards)
    return mark_safe("".join(made))  # noqa: S308  escaped part by part


def _card(card: BoardCard, late: str, move: str) -> str:
    css = f"board-card age-{escape(card.age_state)}" if card.age_state else "board-card"
    subtitle = f'<span class="muted truncate">{escape(card.subtitle)}</span>' if card.subtitle else ""
    age = owner = ""
    if card.age:
        age = f'<span class="muted age">{late if card.age_state == "late" else ""}{escape(card.age)}</span>'
    if card.owner:
        name = escape(card.owner)
        owner = (
            f'<span class="avatar" title="{name}">{escape(card.initials)}'
            f'<span class="visually-hidden"> {name}</span></span>'
        )
    return (
        f'<li class="{css}" data-card="{escape(card.id)}" data-version="{escape(card.version)}">'
        f'<a href="{escape(card.url)}" class="board-title" aria-describedby="board-help">{escape(card.title)}</a>'
        f'{subtitle}<span class="card-foot"><strong class="num">{escape(card.amount)}</strong>{age}{owner}</span>'
        f"{move}</li>"
    )
