"""The hash chain: every entry of a journal and year carries a hash over itself, its lines and its predecessor's hash.

Hashed are canonical strings: amounts with four decimals, dates in ISO form, ids, nothing that is worded by a template.
The form has a version, so that an older one stays verifiable when a newer one comes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from hashlib import sha256
from typing import Any

from erp.ledger.models import JournalEntry

VERSION = "1"
START = ""


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.4f}"


def line_parts(line: Any, currency: str | None) -> list[Any]:
    """What of a line, posted or about to be, goes into the hash."""
    return [
        line.account_id,
        line.party_id,
        _amount(line.debit),
        _amount(line.credit),
        line.description[:300],
        line.tax_id,
        _amount(line.tax_base),
        currency,
        _amount(line.currency_amount),
    ]


def entry_hash(previous: str, entry: JournalEntry, lines: Iterable[list[Any]]) -> str:
    """The hash of an entry that follows the one with hash `previous`."""
    source = entry.source
    parts = [
        previous,
        entry.company_id,
        entry.journal_id,
        entry.year,
        entry.sequence,
        entry.number,
        entry.entry_date.isoformat(),
        entry.description,
        source.label,
        source.id,
        entry.source_number,
        entry.purpose,
        entry.reverses_id,
        entry.reason,
        list(lines),
    ]
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return f"{VERSION}${sha256(text.encode()).hexdigest()}"
