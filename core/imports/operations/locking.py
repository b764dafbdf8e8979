"""Reading a run for change, and what its steps share."""

import datetime as dt

from django.utils.translation import gettext as _

from core.errors import WrongStateError
from core.imports.dataset import ImportContext
from core.imports.enums import RunStatus
from core.imports.models import ImportRun
from core.imports.queries import answers_of


def lock_run(run_id: int, *statuses: RunStatus) -> ImportRun:
    """:raises WrongStateError: it is in none of these states."""
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.status not in statuses:
        raise WrongStateError(
            _("This import is in the state: %s.") % run.get_status_display(), params={"status": run.status}
        )
    return run


def context_of(run: ImportRun, now: dt.datetime) -> ImportContext:
    return ImportContext(run=run, company=run.company, user=run.user, now=now, answers=answers_of(run))
