"""People, companies and clients of the screen tests."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company
from core.ui.resource import Caller
from core.ui.tokens import create_token
from tests.answers import content_of
from tests.factories.company import CompanyFactory, MembershipFactory, UserFactory, signed_in

SignIn = Callable[[User], Client]


@pytest.fixture
def company(db: None) -> Company:
    return CompanyFactory()


@pytest.fixture
def stranger_company(db: None) -> Company:
    return CompanyFactory(name="Somebody else")


@pytest.fixture
def everyone(company: Company) -> User:
    """A person with every role: may do whatever anybody may."""
    user = UserFactory(name="Ada Example")
    for role in Role:
        MembershipFactory(user=user, company=company, role=role)
    return user


@pytest.fixture
def caller(everyone: User, company: Company) -> Caller:
    return Caller(user=everyone, company=company, now=timezone.now())


@pytest.fixture
def sign_in() -> SignIn:
    """A signed-in client; its second factor counts as given."""

    return signed_in


@pytest.fixture
def staff(sign_in: SignIn, everyone: User) -> Client:
    return sign_in(everyone)


@pytest.fixture
def api(everyone: User) -> Any:
    """A function (method, path, body, **headers) → response, as the person with every role."""
    return api_client(everyone)


def api_client(user: User, scopes: str = "read write") -> Any:
    _token, secret = create_token(user=user, now=timezone.now(), name="test", scopes=scopes)
    client = Client()

    def call(method: str, path: str, body: Any = None, **headers: str) -> Any:
        given = {
            "Authorization": f"Bearer {secret}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        options: dict[str, Any] = {"content_type": "application/json", "headers": given}
        if body is not None:
            options["data"] = body
        return getattr(client, method)(f"/api/v1/{path}", **options)

    return call


def text_of(response: Any) -> str:
    return content_of(response).decode()
