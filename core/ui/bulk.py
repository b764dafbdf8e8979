"""One action over many records: a few at once, many through a job with progress; every record's outcome is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.access import policies
from core.errors import DomainError, InvalidInputError, WrongStateError
from core.jobs.enums import JobStatus
from core.jobs.models import JobRun
from core.jobs.operations import record_row, report, start_job
from core.jobs.registry import job
from core.ui import registry
from core.ui.actions import Action, call
from core.ui.forms import build_form, operation_values
from core.ui.listing import Listing
from core.ui.resource import Caller, Resource
from core.ui.submission import attempt
from core.whole_numbers import id_in

KIND = "ui.bulk_action"
INLINE_ROWS = 20
MAX_ROWS = 50_000
REPORT_EVERY = 10


def selection(
    resource: Resource, caller: Caller, *, ids: Iterable[str], everything: bool, params: QueryDict
) -> list[int]:
    """Keys of the chosen records in the list's order, or of all that match. Keys out of sight fall away silently.

    :raises InvalidInputError: for nothing at all, or for more than one run takes.
    """
    listing = Listing(resource, caller, params if everything else QueryDict())
    queryset = listing.queryset
    if not everything:
        queryset = queryset.filter(pk__in=[key for key in map(id_in, ids) if key is not None])
    found = list(listing.order.apply(queryset).values_list("pk", flat=True)[: MAX_ROWS + 1])
    if not found:
        raise InvalidInputError(_("Select at least one record."), code="nothing_selected")
    if len(found) > MAX_ROWS:
        raise InvalidInputError(
            _("These are more than %(most)s records.") % {"most": MAX_ROWS},
            code="too_many",
            hint=_("Filter the list and run the action in parts."),
        )
    return found


@dataclass(frozen=True)
class Act:
    """One action by one person with one set of values; done to each record in turn."""

    run: JobRun
    resource: Resource
    action: Action
    caller: Caller
    values: Mapping[str, Any]

    def do(self, pk: int) -> bool:
        """One record: permission, operation, outcome. Answers whether it was done."""
        record = (
            policies.scoped(self.caller.user, self.resource.queryset(), "view", self.caller.company_id)
            .filter(pk=pk)
            .first()
        )
        refusal = self._refusal(record)
        label = self.resource.title(record) if record is not None else f"#{pk}"
        record_row(self.run, label=label, object_id=pk, refusal=refusal)
        return not refusal

    def _refusal(self, record: Any) -> str:
        if record is None:
            return _("There is no such record, or it is not yours to see.")
        if not policies.may(self.caller.user, self.action.permission, record, self.caller.company_id):
            return _("Your role does not include this.")
        try:
            attempt(lambda: self._call(record))
        except DomainError as error:
            return str(error)
        return ""

    def _call(self, record: Any) -> Any:
        action = self.action
        return call(
            action.operation,
            caller=self.caller,
            values=self.values,
            record=record,
            id_name=action.id_name,
            verb=f"{self.resource.slug}.{action.name}",
        )


def start(
    resource: Resource, action: Action, caller: Caller, *, ids: Sequence[int], form_data: Mapping[str, list[str]]
) -> JobRun:
    """Run the action over the records: up to twenty now, more in the background. Answers the run."""
    params = {"resource": resource.slug, "action": action.name, "ids": list(ids), "form": dict(form_data)}
    if len(ids) > INLINE_ROWS:
        return start_job(
            KIND, company_id=caller.company_id, user=caller.user, now=caller.now, params=params, total=len(ids)
        )
    with transaction.atomic():
        run = JobRun.objects.create(
            company=caller.company,
            kind=KIND,
            status=JobStatus.RUNNING,
            user=caller.user,
            params=params,
            total=len(ids),
            started_at=caller.now,
        )
        act = Act(run, resource, action, caller, _values(action, caller, params))
        failures = sum(not act.do(pk) for pk in ids)
        run.done, run.failures, run.status = len(ids), failures, JobStatus.DONE
        run.summary, run.finished_at = _summary(len(ids), failures), caller.now
        run.save()
    return run


@job(KIND)
def bulk_job(run: JobRun) -> str:
    """The background run. Started again after a crash it goes on where it stopped."""
    with translation.override(run.user.language or None if run.user else None):
        with transaction.atomic():
            act = _restored(run)
            finished = set(run.rows.values_list("object_id", flat=True))
            failures = run.rows.filter(succeeded=False).count()
        for place, pk in enumerate(run.params["ids"], start=1):
            if pk not in finished:
                with transaction.atomic():
                    failures += not act.do(pk)
            if place % REPORT_EVERY == 0:
                report(run, done=place)
        with transaction.atomic():
            JobRun.objects.filter(pk=run.pk).update(failures=failures)
        report(run, done=len(run.params["ids"]))
        return _summary(len(run.params["ids"]), failures)


def _restored(run: JobRun) -> Act:
    """:raises WrongStateError: when the action is gone, or nobody asked for the run."""
    resource = registry.get(run.params["resource"])
    action = resource.action(run.params["action"])
    if action is None or run.user is None:
        raise WrongStateError(_("This action does not exist any more."))
    caller = Caller(user=run.user, company=run.company, now=timezone.now())
    return Act(run, resource, action, caller, _values(action, caller, run.params))


def _values(action: Action, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
    """The action's form, read anew from what was posted: references are checked at the moment of the act."""
    if action.form is None:
        return {}
    data = QueryDict(mutable=True)
    for name, given in params["form"].items():
        data.setlist(name, given)
    form = build_form(action.form, caller, data=data)
    if not form.is_valid():
        raise InvalidInputError(_("The form is not valid any more."), hint=str(next(iter(form.errors.values()))[0]))
    return operation_values(form)


def _summary(total: int, failures: int) -> str:
    return _("%(done)s done, %(refused)s refused.") % {"done": total - failures, "refused": failures}
