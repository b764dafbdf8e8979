"""Declaring, recording and relaying events.

An event is a frozen dataclass of ids. `record` writes it in the running transaction; after the commit a hint goes to a
worker, and a sweeper finds what no hint reached. A handler may run twice only if its first run was rolled back.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core.company.tenancy import use_companies
from core.events.models import OutboxEvent

log = logging.getLogger(__name__)
Handler = Callable[[Any], None]
MAX_ATTEMPTS = 8
MOST_DEATHS = 3
"""Workers that may die over an event: then its handler is what kills them."""
BEGUN_PATIENCE = dt.timedelta(seconds=30)
"""So long an attempt that began and did not end is left alone; a handler at work holds the row's lock for longer."""
OPEN = {"done_at": None, "failed_at": None}
# One statement, because thousands of events may wait. A server that crashes may forget that an attempt began, a worker
# that dies may not: so the commit does not wait for the disk.
_BEGIN = """
    WITH hurried AS (SELECT set_config('synchronous_commit', 'off', true)),
    found AS (
        SELECT id, company_id, began_at FROM events_outboxevent, hurried
        WHERE id = %(id)s AND done_at IS NULL AND failed_at IS NULL
        FOR UPDATE OF events_outboxevent SKIP LOCKED
    )
    UPDATE events_outboxevent e SET began_at = %(now)s FROM found
    WHERE e.id = found.id AND (found.began_at IS NULL OR found.began_at <= %(silent_since)s)
    RETURNING e.company_id, found.began_at
"""
_HANDLE = """
    INSERT INTO events_handledevent (company_id, event_id, handler, handled_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (event_id, handler) DO NOTHING
"""
HINT = "core.events.tasks.hint"


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events. Subclasses are frozen dataclasses of plain values, named in the past tense."""


_wait: ContextVar[dt.timedelta | None] = ContextVar("wait_of_events", default=None)
_kinds: dict[str, type[Event]] = {}
_handlers: dict[str, dict[str, Handler]] = {}


def kind_of(event: type[Event]) -> str:
    return f"{event.__module__.rsplit('.', 1)[0]}.{event.__name__}"


def subscribe(event: type[Event], handler: Handler) -> None:
    """Have `handler(event)` run after every commit that recorded the event. Called from an app's `ready`."""
    kind = kind_of(event)
    _kinds[kind] = event
    _handlers.setdefault(kind, {})[f"{handler.__module__}.{handler.__qualname__}"] = handler


def record(event: Event, *, company_id: int) -> None:
    """Write the event in the running transaction. Events nobody subscribed to are not written."""
    kind = kind_of(type(event))
    if kind not in _handlers:
        return
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{kind} was recorded outside a transaction")
    wait = _wait.get()
    run_after = timezone.now() + (wait or dt.timedelta())
    row = OutboxEvent.objects.create(company_id=company_id, kind=kind, payload=asdict(event), run_after=run_after)
    if wait is None:
        transaction.on_commit(lambda: import_string(HINT)(row.pk), robust=True)


@contextmanager
def postponed(wait: dt.timedelta) -> Iterator[None]:
    """Within this block events wait so long and nobody is hinted at; the sweeper takes them when their time comes. For
    loading the past in bulk, which must not keep the workers from the present."""
    token = _wait.set(wait)
    try:
        yield
    finally:
        _wait.reset(token)


def relay(event_id: int, *, now: dt.datetime) -> bool:
    """Run the handlers of one event that have not run yet. Returns whether nothing is left to do about it now.

    That an attempt begins is written before it does, in a transaction of its own: a handler that takes its process
    along would else be tried for ever. The caller sees all companies; each handler sees the event's company only.
    """
    company_id = _begin(event_id, now)
    if company_id is None:
        return True
    with use_companies([company_id]), transaction.atomic():
        # Waits where the beginning skips: whoever holds the row now is about to see that it has begun, and let go.
        row = OutboxEvent.objects.select_for_update(of=("self",)).filter(pk=event_id, **OPEN).first()
        if row is None:
            return True
        error = _run_handlers(row)
        row.attempts, row.deaths = row.attempts + 1, 0  # only deaths one after the other speak against the handler
        if not error:
            row.done_at = now
        elif row.attempts >= MAX_ATTEMPTS:
            row.failed_at = now
        else:
            row.run_after = now + _pause(row.attempts)
        row.began_at, row.last_error = None, error
        row.save(update_fields=["began_at", "attempts", "deaths", "done_at", "failed_at", "last_error", "run_after"])
    return not error


def _begin(event_id: int, now: dt.datetime) -> int | None:
    """Note that an attempt begins, and return the event's company. None when there is none to make: the event is done,
    or given up, or in other hands, or its last attempt took the worker along a moment ago."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_BEGIN, {"id": event_id, "now": now, "silent_since": now - BEGUN_PATIENCE})
            found = cursor.fetchone()
        if found is None:
            return None
        company_id, began_before = found
        return company_id if began_before is None or _may_begin_again(event_id, now) else None


def _may_begin_again(event_id: int, now: dt.datetime) -> bool:
    """Count a worker that died over the event, and give the event up when it was the last one it may take along."""
    row = OutboxEvent.objects.get(pk=event_id)
    row.deaths, row.attempts = row.deaths + 1, row.attempts + 1
    row.last_error = _("The worker died %(times)s times over it.") % {"times": row.deaths}
    is_given_up = row.deaths >= MOST_DEATHS
    if is_given_up:
        row.began_at, row.failed_at = None, now
    row.save(update_fields=["began_at", "attempts", "deaths", "failed_at", "last_error"])
    log.error("worker died over an event", extra={"event": row.kind, "event_id": row.pk, "deaths": row.deaths})
    return not is_given_up


def _pause(attempts: int) -> dt.timedelta:
    """How long an event waits after so many attempts."""
    return dt.timedelta(seconds=15 * 2**attempts)


def unfinished(event: Event) -> OutboxEvent | None:
    """The row of this very event while its handlers have not all run: waiting, or given up (`failed_at`)."""
    same = OutboxEvent.objects.filter(kind=kind_of(type(event)), payload=asdict(event), done_at=None)
    # Two questions, because each has an index of its own and together they would have none.
    return same.filter(failed_at=None).first() or same.exclude(failed_at=None).first()


def retry(event_id: int, *, now: dt.datetime) -> None:
    """Have an event that was given up relayed again, from its first attempt."""
    with transaction.atomic():
        given_up = OutboxEvent.objects.filter(pk=event_id, done_at=None).exclude(failed_at=None)
        if given_up.update(failed_at=None, attempts=0, deaths=0, last_error="", run_after=now):
            transaction.on_commit(lambda: import_string(HINT)(event_id), robust=True)


def _run_handlers(row: OutboxEvent) -> str:
    """:returns: the first error, empty when all went well."""
    error = ""
    event = _kinds[row.kind](**row.payload) if row.kind in _kinds else None
    for name, handler in _handlers.get(row.kind, {}).items():
        try:
            with transaction.atomic():
                if _is_first(row, name):
                    handler(event)
        except Exception as exception:
            log.exception("handler failed", extra={"event": row.kind, "event_id": row.pk, "handler": name})
            error = error or f"{name}: {exception}"
    return error


def _is_first(row: OutboxEvent, handler: str) -> bool:
    """Note that the handler acts on the event. False when it has done so before."""
    with connection.cursor() as cursor:
        cursor.execute(_HANDLE, [row.company_id, row.pk, handler, timezone.now()])
        return bool(cursor.rowcount)


def waiting_ids(*, now: dt.datetime | None = None, limit: int = 200) -> list[int]:
    """Events whose time has come: what the sweeper hands out again."""
    now = now or timezone.now()
    due = Q(done_at=None, failed_at=None, run_after__lte=now)
    idle = Q(began_at=None) | Q(began_at__lte=now - BEGUN_PATIENCE)
    return list(OutboxEvent.objects.filter(due, idle).order_by("run_after", "id").values_list("pk", flat=True)[:limit])
