"""The bytes of files that were taken off their records long ago. The row stays: who attached and who removed what."""

import datetime as dt

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from core.documents.models import Attachment

BATCH = 500


def prune_removed_files(now: dt.datetime) -> int:
    """Delete the bytes of attachments removed more than `KEEP_REMOVED_FILES_DAYS` days ago. Returns how many."""
    before, pruned = now - dt.timedelta(days=settings.KEEP_REMOVED_FILES_DAYS), 0
    while True:
        with transaction.atomic():
            old = Attachment.objects.filter(removed_at__lt=before).exclude(file="").order_by("pk")
            found = dict(old.values_list("pk", "file")[:BATCH])
            if not found:
                return pruned
            # The bytes first: a file that is gone can be deleted again, one that no row names could not be found.
            for name in found.values():
                default_storage.delete(name)
            pruned += Attachment.objects.filter(pk__in=found).update(file="")
