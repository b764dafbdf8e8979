import datetime as dt

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "core.jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        # Models may only be imported once every app stands. Of the apps below this one, too, which know no schedules.
        from core.documents.pruning import prune_removed_files
        from core.events.pruning import prune_events
        from core.jobs.pruning import prune_jobs
        from core.jobs.schedules import every

        every(dt.timedelta(days=1), "events.prune", prune_events)
        every(dt.timedelta(days=1), "jobs.prune", prune_jobs)
        every(dt.timedelta(days=1), "documents.prune_removed_files", prune_removed_files)
