"""Health: is the process alive, and can it do its work."""

import datetime as dt
import shutil
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.events.models import Heartbeat

HEARTBEAT_AGE = dt.timedelta(seconds=90)
FREE_BYTES = 200 * 1024 * 1024


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing of anybody else."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Everything the suite needs: database, migrations, broker, a worker that works, room on the disk."""
    checks: dict[str, Callable[[], str]] = {
        "database": _database,
        "migrations": _migrations,
        "broker": _broker,
        "worker": _worker,
        "disk": _disk,
    }
    found = {name: _run(check) for name, check in checks.items()}
    is_ready = all(state == "ok" for state in found.values())
    return JsonResponse({"status": "ok" if is_ready else "degraded", "checks": found}, status=200 if is_ready else 503)


def _run(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:
        return type(error).__name__


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "ok" if not waiting else f"{len(waiting)} waiting"


def _broker() -> str:
    cache.set("readyz", 1, 5)
    return "ok" if cache.get("readyz") == 1 else "no answer"


def _worker() -> str:
    beat = Heartbeat.objects.filter(name="worker").values_list("beat_at", flat=True).first()
    return "ok" if beat and timezone.now() - beat < HEARTBEAT_AGE else "silent"


def _disk() -> str:
    settings.STATE_DIR.mkdir(parents=True, exist_ok=True)
    return "ok" if shutil.disk_usage(settings.STATE_DIR).free > FREE_BYTES else "almost full"
