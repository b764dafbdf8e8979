"""Jobs by name. A job is a function of a JobRun that does its work in batches and reports after each."""

from collections.abc import Callable

from core.jobs.models import JobRun

Job = Callable[[JobRun], str]
_jobs: dict[str, Job] = {}


def job(kind: str) -> Callable[[Job], Job]:
    """Decorator: register `function(run) -> summary` under a name such as `ui.bulk_action`."""

    def register(function: Job) -> Job:
        if kind in _jobs:
            raise ValueError(f"job {kind} is registered already")
        _jobs[kind] = function
        return function

    return register


def job_named(kind: str) -> Job:
    return _jobs[kind]
