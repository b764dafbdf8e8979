"""Structured logs: one JSON object a line, with the request id, the user and the company of whatever is going on."""

import logging
import sys
from typing import Any

import structlog
from django.conf import settings

SECRETS = ("password", "token", "secret", "authorization", "cookie", "key", "otp", "code")


def hide_secrets(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blank out whatever is named like a secret."""
    for name in event:
        if any(word in name.lower() for word in SECRETS) and name not in ("idempotency_key_scope", "status_code"):
            event[name] = "***"
    return event


def configure(_: Any = None) -> None:
    """Django's LOGGING_CONFIG: called with LOGGING, which we leave empty."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    last = structlog.processors.JSONRenderer() if settings.LOG_FORMAT == "json" else structlog.dev.ConsoleRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.LOG_LEVEL)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    structlog.configure(processors=[*shared, last], logger_factory=structlog.stdlib.LoggerFactory())
