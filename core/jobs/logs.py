"""Structured logs: one JSON object a line, with the request id, the user and the company of whatever is going on."""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog

SECRETS = ("password", "token", "secret", "authorization", "cookie", "key", "otp", "code")


# What an address holds behind these opens something: signed links, links to set a password.
KEYED = re.compile(r"(/(?:offer|unsubscribe|accounts/confirm-email|accounts/password/reset/key)/)[^/\s'\"<>?]+")
# PostgreSQL tells whole values of the row that it refused.
DETAIL = re.compile(r"^DETAIL:.*$", re.MULTILINE)


def without_keys(text: str) -> str:
    """The text with the keys of links blanked out: logs travel further than mails."""
    return KEYED.sub(r"\1***", text)


def hide_links(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blank out keys of links wherever they were said, and what PostgreSQL quotes of a row."""
    event.pop("request", None)  # Django's own lines carry the whole of it
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = DETAIL.sub("DETAIL: ***", without_keys(value))
    return event


def hide_secrets(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blank out whatever is named like a secret."""
    for name in event:
        if any(word in name.lower() for word in SECRETS) and name not in ("idempotency_key_scope", "status_code"):
            event[name] = "***"
    return event


def configure(wanted: Mapping[str, str]) -> None:
    """Django's LOGGING_CONFIG, called with LOGGING: `level` and `format` (json, or text for a terminal).

    Django calls it only while LOGGING is not empty.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_links,
        hide_secrets,
    ]
    last = structlog.processors.JSONRenderer() if wanted["format"] == "json" else structlog.dev.ConsoleRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(wanted["level"])
    # What gunicorn says of itself, in the same form; it has given its logger a handler of its own by now.
    server = logging.getLogger("gunicorn.error")
    server.handlers[:], server.propagate = [], True
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)  # ten lines a page
    structlog.configure(processors=[*shared, last], logger_factory=structlog.stdlib.LoggerFactory())
