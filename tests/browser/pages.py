"""Every type of page of the suite, taken from the URL conf and the registry, with an address of each.

A page of a Resource is generic, so a few Resources stand for all; their panels are not, so every panel template has to
be on one of the records shown. A page of its own is covered by itself, in STATES or PUBLIC, or stands in NO_PAGES.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from core.access.models import User
from core.company.models import Company
from core.jobs.enums import JobStatus
from core.jobs.models import JobRun
from core.ui import registry
from core.ui.resource import Resource
from core.ui.urls import resource_urls
from crm.campaigns import links
from crm.leads.models import CaptureForm
from erp.orders.enums import QuotationStatus
from erp.orders.models import Quotation
from erp.orders.public.links import token_of
from tests.factories import factory_for
from tests.factories.leads import CaptureFormFactory

# Kinds of a Resource's addresses that are pages, with the Resources that stand for all.
SHOWN: dict[str, tuple[str, ...]] = {
    "list": ("deals", "sales-invoices", "stock-levels"),
    "create": ("parties", "sales-orders"),
    "edit": ("deals",),
    "board": ("deals",),
    "detail": (
        "deals", "leads", "parties", "quotations", "sales-orders", "deliveries", "sales-invoices", "stock-moves",
        "tickets", "segments", "mailings", "imports",
    ),
    "history": ("deals",),
    "action": ("deals", "sales-orders"),
}  # fmt: skip
ACTIONS = {"deals": "lose", "sales-orders": "cancel"}
# Kinds that answer a POST, data, or a part of a page.
NO_PAGE_KINDS = {
    "move",
    "bulk",
    "export",
    "views",
    "view",
    "columns",
    "lookup",
    "validate",
    "totals",
    "panel",
    "paper",
    "paper-retry",
    "file",
    "files",
    "file-remove",
}

# Addresses outside of Resources that are no page of their own: data, acts, and the code for signing in that is never
# sent here.
NO_PAGES = {
    "account_confirm_login_code", "healthz", "readyz", "mfa_download_recovery_codes", "orders:quotation-pdf",
    "orders:line-defaults", "ui:preferences", "ui:company", "ui:job-cancel", "ui:job-result", "ui:imports-progress",
    "ui:imports-rows-csv", "ui:imports-template", "ui:person-act", "ui:token-revoke", "ui:invitation", "demo-progress",
}  # fmt: skip
# Pages that only a state of the session or a key opens: test_session_states.py, in the order in which it opens them.
STRANGERS_STATES = (
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "account_signup", "account_inactive", "account_email_verification_sent", "account_confirm_email",
)  # fmt: skip
HOLDERS_STATES = (
    "account_logout", "mfa_reauthenticate", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_deactivate_totp",
)  # fmt: skip
OTHER_STATES = ("mfa_authenticate", "account_set_password")
STATES = {*STRANGERS_STATES, *HOLDERS_STATES, *OTHER_STATES}
# Pages for people without an account.
PUBLIC = {"account_login", "account_reset_password", "leads:capture", "leads:thanks", "orders:quotation"}
PUBLIC |= {"campaigns:unsubscribe"}

Arguments = Callable[[Company, User], tuple[Any, ...]]


def sent_quotation(company: Company) -> Quotation:
    found = Quotation.objects.filter(company=company).exclude(status=QuotationStatus.DRAFT).first()
    assert found is not None
    return found


def capture_form(company: Company) -> CaptureForm:
    made: CaptureForm = CaptureForm.objects.filter(company=company).first() or CaptureFormFactory(company=company)
    return made


def a_job(company: Company, user: User) -> JobRun:
    """A job that is done, of this person."""
    done = {"status": JobStatus.DONE, "summary": "Done.", "total": 3, "done": 3}
    return JobRun.objects.get_or_create(company=company, user=user, kind="integration.seed_demo", defaults=done)[0]


ARGUMENTS: dict[str, Arguments] = {
    "leads:capture": lambda company, user: (capture_form(company).slug,),
    "leads:thanks": lambda company, user: (capture_form(company).slug,),
    "orders:quotation": lambda company, user: (token_of(sent_quotation(company)),),
    "ui:person": lambda company, user: (user.pk,),
    "ui:imports-rows": lambda company, user: (record(registry.get("imports"), company).pk,),
    "ui:job": lambda company, user: (a_job(company, user).pk,),
    "campaigns:unsubscribe": lambda company, user: (links.token_of(company_id=company.pk, recipient_id=links.NOBODY),),
}


def _walk(patterns: list[Any], space: str = "", route: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, space + (f"{pattern.namespace}:" if pattern.namespace else ""), here)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", here


@cache
def own_pages() -> tuple[str, ...]:
    """Names of all addresses that belong to no Resource, less the admin, the API and what is no page."""
    of_resources = {f"ui:{pattern.name}" for one in registry.all_resources() for pattern in resource_urls(one)}
    found = [name for name, route in _walk(get_resolver().url_patterns) if not route.startswith(("admin/", "api/"))]
    return tuple(sorted({name for name in found if name not in of_resources} - NO_PAGES - STATES))


def address(name: str, company: Company, user: User) -> str | None:
    """The address of a page of its own; None when it needs arguments that nobody gave."""
    with transaction.atomic():
        try:
            return reverse(name, args=ARGUMENTS[name](company, user) if name in ARGUMENTS else ())
        except NoReverseMatch:
            return None


def record(resource: Resource, company: Company) -> Model:
    """The first record of the company, made where there is none."""
    with transaction.atomic():
        found: Model | None = resource.model._default_manager.filter(company=company).order_by("pk").first()
        return found if found is not None else factory_for(resource.model)(company=company)


def resource_address(kind: str, slug: str, company: Company) -> str:
    resource = registry.get(slug)
    if kind in {"list", "create", "board"}:
        return resource.url(kind)
    pk = record(resource, company).pk
    return resource.url(kind, pk, ACTIONS[slug]) if kind == "action" else resource.url(kind, pk)


def generic() -> list[tuple[str, str]]:
    return [(kind, slug) for kind, slugs in SHOWN.items() for slug in slugs]
