"""Runs that ended long ago go, with their rows and the file that each has made."""

import datetime as dt
import logging

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from core.jobs.enums import OPEN_STATUSES
from core.jobs.models import JobRow, JobRun
from core.jobs.registry import lasting_kinds

log = logging.getLogger(__name__)
BATCH = 500
"""Runs at once; a run over many records has a row for each."""


def prune_jobs(now: dt.datetime) -> int:
    """Delete runs that ended more than `KEEP_JOBS_DAYS` days ago. Returns how many."""
    before, pruned, last = now - dt.timedelta(days=settings.KEEP_JOBS_DAYS), 0, 0
    ended = JobRun.objects.exclude(status__in=OPEN_STATUSES).exclude(kind__in=lasting_kinds())
    while True:
        with transaction.atomic():
            old = ended.filter(pk__gt=last, finished_at__lt=before).order_by("pk")
            found = dict(old.values_list("pk", "result")[:BATCH])
            if not found:
                return pruned
            JobRow.objects.filter(run__in=found)._raw_delete(JobRow.objects.db)
            pruned += JobRun.objects.filter(pk__in=found)._raw_delete(JobRun.objects.db)
        last = max(found)
        # After the commit: a run without its file would be a broken link, a file without its run is only left over.
        for name in filter(None, found.values()):
            try:
                default_storage.delete(name)
            except OSError:
                log.exception("the file of a pruned job stays", extra={"file": name})
