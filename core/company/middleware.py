"""Every request runs in one transaction that sees only the companies of its user, and works in one of them."""

from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from core.access.policies import grants_of
from core.company.models import Company
from core.company.tenancy import use_companies

OUTSIDE = ("/static/", "/healthz")


class CompanyMiddleware:
    """Sets `request.company` and `request.companies`. An answer of 400, of 500 and above, or an exception, takes
    everything back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.company, request.companies = None, []  # type: ignore[attr-defined]
        if request.path.startswith(OUTSIDE):
            return self.get_response(request)
        with transaction.atomic():
            ids = (
                sorted({grant.company_id for grant in grants_of(request.user)}) if request.user.is_authenticated else []
            )
            with use_companies(ids):
                self._choose(request, ids)
                response = self.get_response(request)
                if response.status_code == 400 or response.status_code >= 500:
                    transaction.set_rollback(True)
                elif request.method not in ("GET", "HEAD", "OPTIONS"):
                    # Deferred checks (an entry balances) speak now, not after the answer has been written.
                    connection.check_constraints()
        return response

    @staticmethod
    def _choose(request: HttpRequest, ids: list[int]) -> None:
        if not ids:
            return
        companies = list(Company.objects.filter(pk__in=ids).select_related("currency"))
        chosen = request.session.get("company_id")
        request.companies = companies  # type: ignore[attr-defined]
        request.company = next((c for c in companies if c.pk == chosen), companies[0])  # type: ignore[attr-defined]
