"""Status words and their colours, alike on every screen: a colour never stands without its word."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Badge:
    """A status word; `color` is one of grey yellow blue green red cancelled."""

    label: str
    color: str

    def html(self) -> SafeString:
        return format_html('<span class="badge status-{}">{}</span>', self.color, self.label)


# The suite's states by meaning; a Resource adds its own words in `status_colors`.
COLORS: Mapping[str, str] = {
    "draft": "grey",
    "new": "grey",
    "inactive": "grey",
    "waiting": "yellow",
    "pending": "yellow",
    "queued": "yellow",
    "sent": "yellow",
    "open": "blue",
    "running": "blue",
    "confirmed": "blue",
    "in_progress": "blue",
    "assigned": "blue",
    "qualified": "blue",
    "posted": "blue",
    "partial": "blue",
    "partially_paid": "blue",
    "scheduled": "yellow",
    "active": "green",
    "done": "green",
    "won": "green",
    "paid": "green",
    "accepted": "green",
    "converted": "green",
    "shipped": "green",
    "received": "green",
    "resolved": "green",
    "invoiced": "green",
    "closed": "green",
    "failed": "red",
    "lost": "red",
    "overdue": "red",
    "rejected": "red",
    "expired": "red",
    "disqualified": "cancelled",
    "cancelled": "cancelled",
    "reversed": "cancelled",
    "superseded": "cancelled",
}


def color_of(status: str, colors: Mapping[str, str]) -> str:
    return colors.get(status) or COLORS.get(status, "grey")


def status_badge(obj: Any, colors: Mapping[str, str]) -> Badge | None:
    """The badge of a record's `status` field, or None for a record without one."""
    status = getattr(obj, "status", None)
    if not status:
        return None
    display = getattr(obj, "get_status_display", None)
    return Badge(str(display() if display else status), color_of(str(status), colors))
