"""Opening a figure as a person does: follow its link and read what the page there adds up to."""

import re
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import reverse

from core.access.models import User
from erp.ledger.reports.table import Table

FIGURE = re.compile(r"[-−]?[\d,]*\.?\d+")


def signed_in(user: User) -> Client:
    """A client whose second factor counts as given."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["mfa_present"] = True
    session.save()
    return client


def amount_in(text: str) -> Decimal:
    """The last figure of a text as people read it; an en dash is nothing."""
    found = FIGURE.findall(text.replace("–", "0"))
    return Decimal(found[-1].replace(",", "").replace("−", "-"))


def footer_of(response: Any) -> dict[str, Decimal]:
    """What the list's footer adds up, by its labels."""
    return {one["label"]: amount_in(one["value"]) for one in response.context["page"]["totals"]}


def opened(client: Client, url: str, *, part: bool = False) -> Any:
    """:param part: only the results of a list, which is quicker to draw than the whole page."""
    response = client.get(url, headers={"HX-Request": "true"} if part else None)
    assert response.status_code == 200, url
    return response


def lines_behind(client: Client, url: str) -> Decimal:
    """Debit less credit of the journal lines that an address lists, as its footer says."""
    assert urlsplit(url).path == reverse("ui:journal-lines-list"), url
    return footer_of(opened(client, url, part=True))["Balance"]


def count_behind(client: Client, url: str) -> int:
    """How many rows an address lists."""
    page = opened(client, url, part=True).context["page"]
    assert not page["count_is_estimate"]
    return int(page["count"])


def table_of(client: Client, url: str) -> Table:
    """The table of a report page."""
    found: Table = opened(client, url).context["table"]
    return found


def total_of(table: Table) -> Decimal:
    """The last figure of the last row of a report page: its sum."""
    value = table.rows[-1].cells[-1].value
    assert isinstance(value, Decimal)
    return value
