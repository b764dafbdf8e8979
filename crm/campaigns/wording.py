"""The text of a mailing: merge fields are filled in, and a little markup becomes HTML.

Merge fields stand in braces, with words for those who have none: `{first_name|friend}`. Markup is `**bold**`,
`[words](https://…)`, lines that begin with `- `, and an empty line between paragraphs. Everything else is text: what
looks like HTML is shown as it was typed.
"""

import re
from collections.abc import Iterable, Mapping

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.parties.enums import PartyKind
from core.parties.models import Party
from crm.campaigns.errors import UnknownMergeFieldError
from crm.leads.models import Lead

FIELDS = ("name", "first_name", "organisation", "company", "unsubscribe")
_FIELD = re.compile(r"\{(\w+)(?:\|([^{}\n]*))?\}")
# As other programs write theirs: nobody would fill it in, and everybody would read it.
_MISTYPED = re.compile(r"\{\{[^{}\n]*\}\}|\{(?!\w+(?:\|[^{}\n]*)?\})[^{}\n]*\}|\*\|\w+\|\*|%\w+%")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\((https?://[^\s()<>\"]+)\)|(https?://[^\s<>\"()]+[^\s<>\"().,;:!?])")
_BOLD = re.compile(r"\*\*(\S(?:[^*\n]*\S)?)\*\*")
_BLANK = re.compile(r"\n\s*\n")


def check_fields(text: str, *, field: str) -> None:
    """:raises UnknownMergeFieldError: the text names a merge field that nobody fills, or writes one in another way."""
    mistyped = _MISTYPED.search(text)
    if mistyped:
        raise UnknownMergeFieldError(
            _("%(written)s would be sent as it stands.") % {"written": mistyped.group()},
            field=field,
            hint=_("A merge field stands in one pair of braces and without spaces: {first_name}."),
        )
    unknown = sorted({match.group(1) for match in _FIELD.finditer(text)} - set(FIELDS))
    if unknown:
        raise UnknownMergeFieldError(
            _("Nobody can fill in %(fields)s.") % {"fields": ", ".join(f"{{{name}}}" for name in unknown)},
            field=field,
            hint=_("There are: %(fields)s.") % {"fields": ", ".join(f"{{{name}}}" for name in FIELDS)},
        )


def values_for(person: Party | Lead | None, *, company_name: str, unsubscribe_url: str) -> dict[str, str]:
    """What the merge fields say to one person. Load a party's parent with it. Line breaks cannot get into a header."""
    name, organisation = _names(person)
    values = {
        "name": name,
        "first_name": next(iter(name.split()), ""),
        "organisation": organisation,
        "company": company_name,
    }
    return {key: " ".join(value.split()) for key, value in values.items()} | {"unsubscribe": unsubscribe_url}


def _names(person: Party | Lead | None) -> tuple[str, str]:
    """The person's name and the organisation's, each empty where there is none."""
    if person is None:
        return "", ""
    if isinstance(person, Lead):
        return person.name, person.organisation_name
    if person.kind == PartyKind.PERSON:
        return person.name, person.parent.name if person.parent else ""
    return "", person.name


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its merge fields filled in; an empty value gives way to the words behind the bar."""

    def value_of(match: re.Match[str]) -> str:
        return values.get(match.group(1), "") or match.group(2) or ""

    return _FIELD.sub(value_of, text)


def plain(text: str) -> str:
    """The text for readers without HTML: a link's address stands behind its words."""
    without_bold = _BOLD.sub(r"\1", text.replace("\r\n", "\n"))
    return _LINK.sub(
        lambda match: f"{match.group(1)} ({match.group(2)})" if match.group(2) else match.group(0), without_bold
    )


def html(text: str) -> SafeString:
    """The text as HTML without a style of its own."""
    blocks = (block.strip("\n") for block in _BLANK.split(text.replace("\r\n", "\n").strip()))
    return mark_safe("\n".join(_block(block.splitlines()) for block in blocks if block))  # noqa: S308 - escaped below


def _block(lines: list[str]) -> str:
    if all(line.lstrip().startswith("- ") for line in lines):
        return f"<ul>{''.join(f'<li>{_inline(line.lstrip()[2:])}</li>' for line in lines)}</ul>"
    return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>"


def _inline(line: str) -> str:
    return "".join(_links(line))


def _links(line: str) -> Iterable[str]:
    """Links first, because what stands in an address is never markup."""
    end = 0
    for match in _LINK.finditer(line):
        yield _bold(line[end : match.start()])
        url = match.group(2) or match.group(3)
        yield f'<a href="{escape(url)}">{_bold(match.group(1) or url)}</a>'
        end = match.end()
    yield _bold(line[end:])


def _bold(text: str) -> str:
    return _BOLD.sub(r"<strong>\1</strong>", escape(text))
