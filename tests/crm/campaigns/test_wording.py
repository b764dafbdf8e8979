"""Merge fields and the little markup; nothing that somebody typed becomes HTML."""

import pytest

from crm.campaigns.errors import UnknownMergeFieldError
from crm.campaigns.wording import check_fields, fill, html, plain, values_for
from tests.factories.leads import LeadFactory
from tests.factories.parties import PartyFactory

VALUES = {"name": "Ada Holm", "first_name": "Ada", "organisation": "", "company": "Lumen", "unsubscribe": "https://u"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {first_name}", "Hello Ada"),
        ("Hello {first_name|there}", "Hello Ada"),
        ("at {organisation|your house}", "at your house"),
        ("at {organisation}", "at "),
        ("{ name } and {} and {{name}}", "{ name } and {} and {Ada Holm}"),
        ("stop: {unsubscribe}", "stop: https://u"),
    ],
)
def test_fields_are_filled_in(text, filled):
    assert fill(text, VALUES) == filled


def test_an_unknown_field_is_refused_with_those_there_are():
    with pytest.raises(UnknownMergeFieldError) as refusal:
        check_fields("Dear {nmae}, {__class__} {name}", field="body")
    assert refusal.value.field == "body"
    assert str(refusal.value.message) == "Nobody can fill in {__class__}, {nmae}."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\ntwo\n\nthree", "<p>one<br>two</p>\n<p>three</p>"),
        ("**Now** or * later", "<p><strong>Now</strong> or * later</p>"),
        ("- a\n- **b**", "<ul><li>a</li><li><strong>b</strong></li></ul>"),
        ("[Shop](https://s.example/?a=1&b=2)", '<p><a href="https://s.example/?a=1&amp;b=2">Shop</a></p>'),
        ("see https://s.example/x.", '<p>see <a href="https://s.example/x">https://s.example/x</a>.</p>'),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ('[x](javascript:alert("1"))', "<p>[x](javascript:alert(&quot;1&quot;))</p>"),
        ('[x](https://ab"onclick="b)', '<p>[x](<a href="https://ab">https://ab</a>&quot;onclick=&quot;b)</p>'),
        ("[<b>](https://a.example)", '<p><a href="https://a.example">&lt;b&gt;</a></p>'),
    ],
)
def test_markup_becomes_html_and_html_stays_text(text, shown):
    assert html(text) == shown


def test_plain_text_shows_where_a_link_leads():
    assert plain("**Now** [Shop](https://s.example) or https://t.example\r\nBye") == (
        "Now Shop (https://s.example) or https://t.example\nBye"
    )


@pytest.mark.django_db
def test_who_is_called_what(company):
    house = PartyFactory(company=company, name="Nordlicht")
    person = PartyFactory(company=company, kind="person", name="Ada\r\nBcc: x@y.example", parent=house)
    lead = LeadFactory(company=company, name="", organisation_name="Works")
    told = [values_for(who, company_name="Lumen", unsubscribe_url="u") for who in (house, person, lead, None)]
    assert [(one["name"], one["first_name"], one["organisation"]) for one in told] == [
        ("", "", "Nordlicht"),
        ("Ada Bcc: x@y.example", "Ada", "Nordlicht"),
        ("", "", "Works"),
        ("", "", ""),
    ]


@pytest.mark.parametrize(
    "written",
    ["{{ first_name }}", "{{name}}", "{ name }", "{name }", "{first name}", "{ name|friend}", "*|FNAME|*", "%name%"],
)
def test_merge_fields_as_other_programs_write_them_are_refused(written: str) -> None:
    with pytest.raises(UnknownMergeFieldError) as refusal:
        check_fields(f"Dear {written},", field="body")
    assert (str(refusal.value.message), refusal.value.field) == (f"{written} would be sent as it stands.", "body")
