"""Notices that concern the whole company, shown on top of its pages: an app registers a function that makes one."""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.safestring import SafeString

from core.company.models import Company

Notice = Callable[[HttpRequest, Company], SafeString | None]
_notices: list[Notice] = []


def register_notice(notice: Notice) -> None:
    """Ask `notice(request, company)` on every page; None shows nothing. Called while Django starts."""
    if notice not in _notices:
        _notices.append(notice)


def notices_for(request: HttpRequest, company: Company | None) -> list[SafeString]:
    """What there is to say on this page."""
    if company is None:
        return []
    made = (notice(request, company) for notice in _notices)
    return [notice for notice in made if notice is not None]
