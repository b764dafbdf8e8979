"""Two companies with one record of everything, and people of every role: made once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from core.access.enums import Role, Scope
from core.access.models import User
from core.access.policies import policy_of
from core.company.models import Company
from core.company.tenancy import use_companies
from core.documents.models import Attachment, FrozenPaper
from core.documents.references import RecordRef
from core.jobs.enums import JobStatus
from core.jobs.models import JobRun
from core.ui import registry
from core.ui.models import ApiToken, SavedView
from core.ui.record_files import keeps_files
from core.ui.resource import Caller, Resource
from core.ui.tokens import create_token
from crm.campaigns import links
from erp.orders.public.links import token_of
from tests.factories import factory_for
from tests.factories.campaigns import MailingRecipientFactory
from tests.factories.company import MembershipFactory, UserFactory
from tests.factories.leads import CaptureFormFactory
from tests.factories.orders import Shop
from tests.security.browser import Browser
from tests.security.urls import Address

RESOURCES = list(registry.all_resources())
Arguments = tuple[Any, ...]


class World:
    """`home` is where the records that tests ask for lie; `away` is the other company.

    :ivar everyone: has every role at home.
    :ivar neighbour: has every role in both companies, and works in the other one.
    :ivar records: slug → the record at home; `foreign` has those of the other company.
    """

    def __init__(self) -> None:
        shop = Shop(name="Home")
        self.home: Company = shop.company
        self.away: Company = Shop(name="Away").company
        self.everyone = self._person("Ada Example", self.home)
        self.neighbour = self._person("Bo Example", self.home, self.away)
        self.by_role = {role: self._with_role(role) for role in Role}
        self.records = {resource.slug: factory_for(resource.model)(company=self.home) for resource in RESOURCES}
        self.foreign = {resource.slug: factory_for(resource.model)(company=self.away) for resource in RESOURCES}
        self.sent = shop.sent(shop.line())
        self.capture = CaptureFormFactory(company=self.home)
        self.run = self._finished_run()
        self.files = {resource.slug: self._file(resource) for resource in RESOURCES if keeps_files(resource)}
        self.papers = {slug: self._paper(slug) for slug in self.files}
        self.recipient = MailingRecipientFactory(company=self.home)
        self.views = {resource.slug: self._view(resource) for resource in RESOURCES}
        self._clients: dict[int, Client] = {}
        self._browsers: dict[int, Browser] = {}
        self._tokens: dict[int, str] = {}
        for user in (self.everyone, self.neighbour, *self.by_role.values()):
            self.browser(user)
            self.token(user)

    @staticmethod
    def _person(name: str, *companies: Company) -> User:
        user: User = UserFactory(name=name)
        for company in companies:
            for role in Role:
                MembershipFactory(user=user, company=company, role=role)
        return user

    def _with_role(self, role: Role) -> User:
        user: User = UserFactory(name=role.value)
        MembershipFactory(user=user, company=self.home, role=role)
        return user

    def _finished_run(self) -> JobRun:
        return JobRun.objects.create(
            company=self.home, user=self.everyone, kind="ui.export", status=JobStatus.DONE, result="jobs/nothing.csv"
        )

    def _file(self, resource: Resource) -> Attachment:
        made = Attachment(company=self.home, name="offer.pdf", file="nothing.pdf", size=1, sha256="0" * 64)
        made.content_type, made.record = "application/pdf", RecordRef.of(self.records[resource.slug])
        made.save()
        return made

    def _paper(self, slug: str) -> FrozenPaper:
        made = FrozenPaper(company=self.home, template="pdf/nothing.html", language="en", data={"title": "Paper"})
        made.record = RecordRef.of(self.records[slug])
        made.save()
        return made

    def _view(self, resource: Resource) -> SavedView:
        return SavedView.objects.create(company=self.home, owner=self.everyone, resource=resource.slug, name="Mine")

    @property
    def unsubscribing(self) -> str:
        return links.token_of(company_id=self.home.pk, recipient_id=self.recipient.pk)

    # Who asks

    def caller(self, user: User | None = None, company: Company | None = None) -> Caller:
        return Caller(user=user or self.everyone, company=company or self.home, now=timezone.now())

    def client(self, user: User) -> Client:
        """A client of this person, signed in, whose second factor counts as given."""
        if user.pk not in self._clients:
            client = Client()
            client.force_login(user)
            session = client.session
            session["mfa_present"] = True
            session["company_id"] = (self.away if user == self.neighbour else self.home).pk
            session.save()
            self._clients[user.pk] = client
        return self._clients[user.pk]

    def browser(self, user: User) -> Browser:
        """The same person with the quick client."""
        if user.pk not in self._browsers:
            self._browsers[user.pk] = Browser(self.client(user))
        return self._browsers[user.pk]

    def verdict(self, user: User, method: str, url: str, **headers: str) -> int:
        """The status that the view itself answers, asked behind the middleware, which does not look at the record and
        costs three quarters of a request. What the middleware does is asked by the quick client on one Resource."""
        own = (self.home, self.away) if user == self.neighbour else (self.home,)
        request: Any = Browser().generic_request(method, url, headers)
        request.user, request.companies, request.company = user, list(own), own[-1]
        request.session, request.id, request.htmx = {}, "", False
        match = resolve(urlsplit(url).path)
        with use_companies(company.pk for company in own):
            try:
                answer = match.func(request, *match.args, **match.kwargs)
            except Http404:
                return 404
            except PermissionDenied:
                return 403
        return int(answer.status_code)

    def token(self, user: User) -> dict[str, str]:
        """The header with which this person's programs call the API; they work in the same company."""
        if user.pk not in self._tokens:
            _token, self._tokens[user.pk] = create_token(user=user, now=timezone.now(), name="test")
        company = self.away if user == self.neighbour else self.home
        return {"Authorization": f"Bearer {self._tokens[user.pk]}", "X-Company": str(company.pk)}

    def refused(self, resource: Resource, verb: str) -> Iterator[tuple[User, bool]]:
        """For each way in which the policy refuses `verb` on the record at home: a person who is refused that way, and
        whether the person sees the record at all."""
        policy = policy_of(resource.model)
        record = self.records[resource.slug]
        known = set()
        for role, user in self.by_role.items():
            view, may = policy.scope(role, "view"), policy.scope(role, verb)
            is_own = bool(policy.owner) and _owner_of(record, policy.owner) == user.pk
            sees = view >= Scope.COMPANY or (view > Scope.NONE and (is_own or not policy.owner))
            does = may >= Scope.COMPANY or (may > Scope.NONE and (is_own or not policy.owner))
            if not (sees and does) and (view, may) not in known:
                known.add((view, may))
                yield user, sees

    def without(self, resource: Resource, *verbs: str) -> User | None:
        """Somebody of the company whose role may do none of these verbs on any record of the model."""
        policy = policy_of(resource.model)
        return next(
            (
                user
                for role, user in self.by_role.items()
                if all(policy.scope(role, verb) == Scope.NONE for verb in verbs)
            ),
            None,
        )

    # What an address names

    def arguments(self, address: Address) -> list[Arguments]:
        """Arguments with which the address names what lies at home: one tuple for most, one for each action or panel.

        :raises LookupError: when nobody has said yet what it names.
        """
        if not address.parameters:
            return [()]
        resource = address.resource
        if resource is not None:
            return self._of_resource(resource, address)
        examples: dict[str, Callable[[], Arguments]] = {
            "ui:person": lambda: (self.by_role[Role.BUYER].pk,),
            "ui:person-act": lambda: (self.by_role[Role.BUYER].pk, "deactivate"),
            "api:person": lambda: (self.by_role[Role.BUYER].pk,),
            "api:person-act": lambda: (self.by_role[Role.BUYER].pk, "deactivate"),
            "ui:imports-template": lambda: ("parties", "csv"),
            "ui:invitation": lambda: (self.home.pk, "accept"),
            "ui:token-revoke": lambda: (ApiToken.objects.get(user=self.everyone).pk,),
            "ui:job": lambda: (self.run.pk,),
            "ui:job-cancel": lambda: (self.run.pk,),
            "ui:job-result": lambda: (self.run.pk,),
            "orders:quotation": lambda: (token_of(self.sent),),
            "orders:quotation-pdf": lambda: (token_of(self.sent),),
            "campaigns:unsubscribe": lambda: (self.unsubscribing,),
            "leads:capture": lambda: (self.capture.slug,),
            "leads:thanks": lambda: (self.capture.slug,),
            "report-metric": lambda: ("revenue",),
            "report-dashboard": lambda: ("company",),
            "account_confirm_email": lambda: ("nothing",),
            "account_reset_password_from_key": lambda: ("1", "set-password"),
        }
        if address.name not in examples:
            raise LookupError(f"{address} names something: give an example of it in World.arguments")
        return [examples[address.name]()]

    def _of_resource(self, resource: Resource, address: Address) -> list[Arguments]:
        pk = self.records[resource.slug].pk
        named: dict[str, dict[str, Any]] = {"file_id": self.files, "paper_id": self.papers}
        if address.parameters[1:] and address.parameters[1] in named:
            found = named[address.parameters[1]].get(resource.slug)
            return [(pk, found.pk if found is not None else 1)]
        if address.parameters == ("view_id",):
            return [(self.views[resource.slug].pk,)]
        if address.parameters == ("external_id",):
            return [("nothing",)]
        if address.parameters == ("pk", "name"):
            declared: Any = resource.actions if address.label.endswith("ActionView") else resource.panels
            return [(pk, item.name) for item in declared]
        return [(pk,)]

    def urls(self, address: Address) -> list[str]:
        return [reverse(address.name, args=arguments) for arguments in self.arguments(address)]


def _owner_of(record: Any, path: str) -> Any:
    *steps, last = path.split("__")
    for step in steps:
        record = getattr(record, step)
    value = getattr(record, last)
    return getattr(value, "pk", value)
