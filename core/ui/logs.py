"""What a request was about, for the log: an administrator finds a document's lines by its number."""

from __future__ import annotations

from typing import Any

import structlog


def note_document(record: Any) -> None:
    """Name the record in every log line of the running request that follows."""
    number = getattr(record, "number", None)
    structlog.contextvars.bind_contextvars(
        record=f"{record._meta.label_lower}:{record.pk}", **({"document": number} if number else {})
    )
