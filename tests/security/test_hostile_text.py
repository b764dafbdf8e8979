"""What people write is shown as they wrote it: no text becomes markup, on any page, in any field (QUALITY 25)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape

from core.access.models import User
from core.company.models import Company
from core.documents.facts import Fact
from core.documents.models import FrozenPaper
from core.ui import columns, tables
from core.ui.resource import Resource
from crm.campaigns.mails import letter_for
from crm.campaigns.models import MailingRecipient
from erp.orders.public.links import token_of
from tests.security.browser import Browser
from tests.security.hostile import PAYLOADS, fitting, is_text, read, with_payloads
from tests.security.world import RESOURCES, World

# Codes whose form the database checks, and names that are keys of something else.
STRUCTURED = (
    "currency",
    "language",
    "time_zone",
    "country",
    "code",
    "slug",
    "record_label",
    "kind",
    "external_id",
    "dataset",
)


def hostile_values(model: type[Model], turn: int) -> dict[str, str]:
    """Field → text: all payloads over the turns for every field that can hold one at all."""
    values = {}
    for index, field in enumerate(model._meta.concrete_fields):
        if is_text(field) and not field.name.endswith(STRUCTURED) and not field.unique:
            texts = fitting(field.max_length, index)
            if texts:
                values[field.attname] = texts[turn % len(texts)]
    return values


def turns(model: type[Model]) -> int:
    fields = [field for field in model._meta.concrete_fields if is_text(field)]
    return max((len(fitting(field.max_length)) for field in fields), default=0)


def poison(record: Model, turn: int = 0) -> bool:
    """Put hostile text into every text of a stored record. Facts refuse that, and are fed by what they copy from. What
    is empty stays empty: a draft has no number."""
    values = hostile_values(type(record), turn)
    if isinstance(record, Fact) or not values:
        return False
    rows = type(record)._base_manager.filter(pk=record.pk)
    stored = rows.values(*values).get()
    # Different in every row, because some texts are unique.
    own = {
        name: _unlike(text, record.pk, type(record), name) for name, text in values.items() if stored[name] is not None
    }
    return bool(own) and bool(rows.update(**own))


def poison_everything(world: World) -> None:
    """Every row of the home company in every table that may be changed, its lines and its people included."""
    Company.objects.filter(pk=world.home.pk).update(**hostile_values(Company, 0))
    User.objects.filter(pk=world.everyone.pk).update(name=fitting(150)[0])
    models = {type(record) for record in world.records.values()}
    related = {relation.related_model for model in models for relation in model._meta.related_objects}
    for model in sorted(models | related, key=lambda found: found._meta.label):
        is_owned = any(field.attname == "company_id" for field in model._meta.concrete_fields)
        if is_owned and not issubclass(model, Fact) and not model.__name__.endswith("Event"):
            poison_table(world, model)


def poison_table(world: World, model: type[Model]) -> None:
    for record in model._base_manager.filter(company=world.home)[:40]:
        poison(record)


def _unlike(text: str, key: Any, model: type[Model], name: str) -> str:
    most = model._meta.get_field(name).max_length  # type: ignore[union-attr]
    end = f"{key}"
    return (text[: most - len(end)] if most else text) + end


@pytest.fixture
def poisoned(world: World) -> World:
    poison_everything(world)
    return world


def test_the_reader_notices_what_is_not_escaped() -> None:
    for payload in PAYLOADS[:9]:
        pages = (
            f"<p>{payload}</p>",
            f'<input value="{payload}">',
            f"<input value='{payload}'>",
            f"<title>{payload}</title>",
        )
        assert any(read(page).markup for page in pages), payload
    assert read(f'<a href="{PAYLOADS[9]}">x</a>').markup
    assert read("<p>21573</p>").markup
    assert read("<p>&lt;b zq&gt;</p>").markup == []


def pages_of(resource: Resource, world: World) -> Iterator[str]:
    """What differs from Resource to Resource; what is one template with the same parts for all, on two of them."""
    record = world.records[resource.slug]
    yield f"{resource.url('list')}?view=all"
    if "board" in resource.views:
        yield f"{resource.url('board')}?view=all"
    yield resource.detail_url(record.pk)
    yield from (resource.url("panel", record.pk, panel.name) for panel in resource.panels if panel.lazy)
    yield from (resource.url("action", record.pk, action.name) for action in resource.actions if action.asks)
    if resource.slug in ("parties", "sales-orders"):
        yield f"{resource.url('list')}?view=all&q=%22%3E%3Cb+zq%3E&sort=%22%3E%3Cb+zq%3E"
        yield resource.url("edit", record.pk)
        yield resource.url("history", record.pk)


def test_every_page_shows_text_as_text(poisoned: World) -> None:
    browser = poisoned.browser(poisoned.everyone)
    shown: dict[str, int] = {}
    for resource in RESOURCES:
        for url in pages_of(resource, poisoned):
            answer = browser.get(url)
            if answer.status_code in (302, 404):
                continue
            assert answer.status_code in (200, 422), url
            found = read(answer.content.decode())
            assert found.markup == [], url
            shown[resource.slug] = shown.get(resource.slug, 0) + found.texts
    assert [slug for slug, count in shown.items() if not count] == []


def test_the_other_payloads_of_short_fields(world: World) -> None:
    """A code of twenty characters holds one payload at a time. The pages have shown that they print cells as they are;
    here every cell that a list can have is made with each of the others."""
    for resource in RESOURCES:
        record = world.records[resource.slug]
        bound = tuple(columns.bound_columns(resource).values())
        for turn in range(1, turns(resource.model)):
            if poison(record, turn):
                shown = resource.queryset().get(pk=record.pk)
                badge = resource.status_badge(shown)
                texts = (resource.title(shown), resource.subtitle(shown), badge.html() if badge else "")
                html = tables.cells(bound, shown) + "".join(conditional_escape(text) for text in texts)
                assert read(html).markup == [], (resource.slug, turn)


def test_search_and_lookup_show_text_as_text(poisoned: World) -> None:
    browser = poisoned.browser(poisoned.everyone)
    for resource in RESOURCES:
        if len(resource.slug) % 4 == 0:
            browser.get(resource.detail_url(poisoned.records[resource.slug].pk))  # so that the palette knows some
        answer = browser.get(resource.url("lookup"))
        assert answer["Content-Type"] == "application/json"
        assert answer["X-Content-Type-Options"] == "nosniff"
    for url in ("/palette/", "/palette/?q=zq", "/palette/?q=%22%3E%3Cb%20zq%3E", "/"):
        for headers in ({}, {"HX-Request": "true"}):
            found = read(browser.get(url, headers=headers).content.decode())
            assert found.markup == [], url
            assert found.texts, url


def test_messages_and_refusals_show_text_as_text(poisoned: World) -> None:
    """A form that is shown again with what was posted, and the message after it was saved."""
    browser = poisoned.browser(poisoned.everyone)
    for resource in RESOURCES:
        if resource.can_create:
            fields = getattr(resource.form, "base_fields", {})
            data = {name: "".join(PAYLOADS) for name in fields} | {
                "next": "javascript:zq()",
                "idempotency_key": '"><b zq>',
            }
            answer = browser.post(resource.url("create"), data)
            if answer.status_code == 302:
                answer = browser.get(answer["Location"])
            found = read(answer.content.decode())
            assert found.markup == [], resource.slug
            assert found.texts, resource.slug
        for name in ("validate", "totals"):
            answer = browser.post(resource.url(name), {"field": '"><b zq>', "lines-TOTAL_FORMS": '"><b zq>'})
            assert answer.status_code in (200, 404), (resource.slug, name)
            assert read(answer.content.decode()).markup == [], (resource.slug, name)


def test_saved_views_and_jobs_show_text_as_text(poisoned: World) -> None:
    browser, resource = poisoned.browser(poisoned.everyone), RESOURCES[0]
    browser.post(resource.url("views"), {"name": PAYLOADS[0] + PAYLOADS[5], "params": "q=%22%3E%3Cb+zq%3E"})
    poison(poisoned.run)
    for url in (resource.url("list"), f"{resource.url('list')}?view=all", reverse("ui:job", args=(poisoned.run.pk,))):
        assert read(browser.get(url).content.decode()).markup == [], url


def test_public_pages_show_text_as_text(poisoned: World) -> None:
    browser = Browser()
    for model in (type(poisoned.sent), type(poisoned.sent.party), type(poisoned.capture)):
        poison_table(poisoned, model)
    type(poisoned.sent).objects.filter(pk=poisoned.sent.pk).update(status="sent")
    token = token_of(poisoned.sent)
    poisoned.capture.refresh_from_db()
    pages = [
        reverse("orders:quotation", args=(token,)),
        f"/f/{poisoned.capture.slug}/",
        f"/f/{poisoned.capture.slug}/thanks/",
    ]
    for url in pages:
        answer = browser.get(url)
        assert answer.status_code == 200, url
        found = read(answer.content.decode())
        assert found.markup == [], url
        assert found.texts, url
    everything = "".join(PAYLOADS)
    for url in pages[:2]:
        answer = browser.post(url, {"name": everything, "email": everything, "stamp": everything, "act": "accept"})
        assert (answer.status_code, read(answer.content.decode()).markup) == (422, []), url


def papers() -> list[str]:
    """Templates of papers; a sheet and a frame that others extend are no papers themselves."""
    folder = Path(settings.BASE_DIR) / "templates" / "pdf"
    return sorted(
        f"pdf/{path.name}" for path in folder.glob("*.html") if path.name not in ("_style.html", "document.html")
    )


@pytest.mark.parametrize("template", papers())
def test_papers_show_text_as_text(world: World, template: str) -> None:
    """Before WeasyPrint sees them. The data of a real paper, with hostile text in place of every text."""
    data = _paper_data(world, template)
    html = render_to_string(template, with_payloads(data, PAYLOADS))
    found = read(html.replace("<style>", "<sheet>").replace("</style>\n", "</sheet>\n", 1))
    assert found.markup == []
    assert found.texts > 50


def _paper_data(world: World, template: str) -> Any:
    """What the newest paper of this template says; a template without one needs a document here that prints it."""
    from tests.factories.invoicing import Trade  # noqa: PLC0415  builds a company of its own
    from tests.factories.orders import Shop  # noqa: PLC0415

    if template == "pdf/sales_invoice.html":
        trade = Trade(name="Paper")
        trade.invoice(trade.line(2))
    if template == "pdf/delivery_note.html":
        shop = Shop(name="Paper")
        shop.stock((2, "8"))
        shop.ship(shop.order(shop.line(2)), 2)
    found = FrozenPaper.objects.filter(template=template).order_by("-pk").first()
    assert found is not None, f"print a paper from {template} in _paper_data, so that its text can be checked"
    return found.data


def test_admin_pages_show_text_as_text(poisoned: World) -> None:
    keeper = poisoned.everyone
    User.objects.filter(pk=keeper.pk).update(is_staff=True, is_superuser=True)
    browser = poisoned.browser(keeper)
    for url in (
        "/admin/",
        "/admin/ui/savedview/",
        "/admin/leads/lead/",
        "/admin/pipeline/deal/",
        "/admin/contacts/interaction/",
    ):
        answer = browser.get(url)
        assert answer.status_code == 200, url
        markup = [item for item in read(answer.content.decode()).markup if "http" not in item]
        assert markup == [], url


def test_mail_shows_text_as_text(poisoned: World) -> None:
    """A mailing's own text may have bold and links, and nothing else."""
    recipient = MailingRecipient.objects.select_related("mailing__company", "party__parent").get(
        pk=poisoned.recipient.pk
    )
    recipient.mailing.body = (
        "\n\n".join(PAYLOADS) + '\n\nHello {first_name|**you**}, [see](javascript:zq()) [x](https://a"b)'
    )
    letter = letter_for(recipient.mailing, recipient.party, unsubscribe_url="https://books.example/u/")
    found = read(letter.html, refused=("srcdoc",))
    assert found.markup == []
    assert found.texts > 12
    assert "\n" not in letter.subject
