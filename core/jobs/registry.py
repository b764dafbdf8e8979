"""Jobs by name. A job is a function of a JobRun that does its work in batches and reports after each."""

from collections.abc import Callable

from core.jobs.models import JobRun

Job = Callable[[JobRun], str]
_jobs: dict[str, Job] = {}
_lasting: set[str] = set()


def job(kind: str, *, lasts: bool = False) -> Callable[[Job], Job]:
    """Decorator: register `function(run) -> summary` under a name such as `ui.bulk_action`.

    :param lasts: its runs are never pruned, because one of them says that something has been done for good.
    """

    def register(function: Job) -> Job:
        if kind in _jobs:
            raise ValueError(f"job {kind} is registered already")
        _jobs[kind] = function
        if lasts:
            _lasting.add(kind)
        return function

    return register


def job_named(kind: str) -> Job:
    return _jobs[kind]


def lasting_kinds() -> frozenset[str]:
    """Kinds whose runs are kept for ever."""
    return frozenset(_lasting)
