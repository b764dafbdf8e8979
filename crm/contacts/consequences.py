"""Where upper apps act inside the transactions of contacts."""

from core.events.consequences import ConsequencePoint

activity_changed: ConsequencePoint[...] = ConsequencePoint("contacts.activity_changed")
"""Run by every operation on planned interactions with `(about=RecordRef, next_due_at=datetime | None)`: the nearest
open activity of that record is due then, or none is planned. Deals and leads keep it as a column, so lists need no
join."""
