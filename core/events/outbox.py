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
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core.company.tenancy import use_companies
from core.events.models import HandledEvent, OutboxEvent

log = logging.getLogger(__name__)
Handler = Callable[[Any], None]
MAX_ATTEMPTS = 8
MOST_DEATHS = 3
"""Workers that may die over an event: then its handler is what kills them."""
BEGUN_PATIENCE = dt.timedelta(seconds=30)
"""So long an attempt that began and did not end is left alone; a handler at work holds the row's lock for longer."""
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
    if not _begin(event_id, now):
        return True
    with transaction.atomic():
        # Waits where the beginning skips: whoever holds the row now is about to see that it has begun, and let go.
        row = _open(event_id).select_for_update(of=("self",)).first()
        if row is None:
            return True
        error = _run_handlers(row)
        row.attempts += 1
        if not error:
            row.done_at = now
        elif row.attempts >= MAX_ATTEMPTS:
            row.failed_at = now
        else:
            row.run_after = now + _pause(row.attempts)
        row.began_at, row.last_error = None, error
        row.save(update_fields=["began_at", "attempts", "done_at", "failed_at", "last_error", "run_after"])
    return not error


def _begin(event_id: int, now: dt.datetime) -> bool:
    """Note that an attempt begins. Returns False when there is none to make: the event is done, or given up, or in
    other hands, or its last attempt took the worker along a moment ago."""
    with transaction.atomic():
        # A server that crashes may forget the note, a worker that dies may not: so nothing waits for the disk here.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
        row = _open(event_id).select_for_update(skip_locked=True, of=("self",)).first()
        if row is None or (row.began_at is not None and row.began_at > now - BEGUN_PATIENCE):
            return False
        if row.began_at is not None:
            row.deaths, row.attempts = row.deaths + 1, row.attempts + 1
            row.last_error = _("The worker died %(times)s times over it.") % {"times": row.deaths}
            log.error("worker died over an event", extra={"event": row.kind, "event_id": row.pk, "deaths": row.deaths})
        is_given_up = row.deaths >= MOST_DEATHS
        row.began_at, row.failed_at = (None, now) if is_given_up else (now, None)
        row.save(update_fields=["began_at", "attempts", "deaths", "failed_at", "last_error"])
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


def _open(event_id: int) -> QuerySet[OutboxEvent]:
    return OutboxEvent.objects.filter(pk=event_id, done_at=None, failed_at=None)


def _run_handlers(row: OutboxEvent) -> str:
    """:returns: the first error, empty when all went well."""
    error = ""
    event = _kinds[row.kind](**row.payload) if row.kind in _kinds else None
    for name, handler in _handlers.get(row.kind, {}).items():
        try:
            with transaction.atomic(), use_companies([row.company_id]):
                _row, is_new = HandledEvent.objects.get_or_create(
                    event=row, handler=name, defaults={"company_id": row.company_id}
                )
                if is_new:
                    handler(event)
        except Exception as exception:
            log.exception("handler failed", extra={"event": row.kind, "event_id": row.pk, "handler": name})
            error = error or f"{name}: {exception}"
    return error


def waiting_ids(*, now: dt.datetime | None = None, limit: int = 200) -> list[int]:
    """Events whose time has come: what the sweeper hands out again."""
    now = now or timezone.now()
    due = Q(done_at=None, failed_at=None, run_after__lte=now)
    idle = Q(began_at=None) | Q(began_at__lte=now - BEGUN_PATIENCE)
    return list(OutboxEvent.objects.filter(due, idle).order_by("run_after", "id").values_list("pk", flat=True)[:limit])
