"""What the pages of a demo company say on top: how far it is loaded, and how an administrator removes it."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from core.access.enums import Role
from core.access.policies import roles_in
from core.company.models import Company
from core.jobs.enums import JobStatus
from core.jobs.models import JobRun
from integration.demo.seeding import KIND

_loaded: set[int] = set()
"""Companies of which this process has seen the end of the load: their pages need not ask again."""


def demo_notice(request: HttpRequest, company: Company) -> SafeString | None:
    """For the pages of a demo company; no other company pays for it."""
    if not company.is_demo:
        return None
    run = load_of(company)
    if run is not None and run.status != JobStatus.DONE:
        return render_to_string("integration/_demo_progress.html", {"run": run, "url": reverse("demo-progress")})
    is_home = request.path == "/"
    if is_home and request.user.is_authenticated and Role.ADMINISTRATOR in roles_in(request.user, company.pk):
        return render_to_string("integration/_demo_home.html", {"company": company, "url": reverse("demo-remove")})
    return None


def load_of(company: Company) -> JobRun | None:
    """The run that fills the company, while it is not known to be done."""
    if company.pk in _loaded:
        return None
    run = JobRun.objects.filter(company=company, kind=KIND).first()
    if run is None or run.status == JobStatus.DONE:
        _loaded.add(company.pk)
    return run
