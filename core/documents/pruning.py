"""The bytes of files that were taken off their records long ago. The row stays: who attached and who removed what."""

import datetime as dt
import logging

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from core.documents.models import Attachment

log = logging.getLogger(__name__)
BATCH = 500


def prune_removed_files(now: dt.datetime) -> int:
    """Delete the bytes of attachments removed more than `KEEP_REMOVED_FILES_DAYS` days ago. Returns how many."""
    before, pruned, last = now - dt.timedelta(days=settings.KEEP_REMOVED_FILES_DAYS), 0, 0
    removed = Attachment.objects.filter(removed_at__lt=before).exclude(file="").order_by("pk")
    while True:
        with transaction.atomic():
            found = list(removed.filter(pk__gt=last).values_list("pk", "file")[:BATCH])
            if not found:
                return pruned
            # The bytes first: a file that is gone can be deleted again, one that no row names could not be found.
            gone = [pk for pk, name in found if _deleted(name)]
            pruned += Attachment.objects.filter(pk__in=gone).update(file="")
        last = found[-1][0]


def _deleted(name: str) -> bool:
    """Delete a file; one that cannot be is tried again tomorrow."""
    try:
        default_storage.delete(name)
    except OSError:
        log.exception("a removed file cannot be deleted", extra={"file": name})
        return False
    return True
