"""Companies, people and their roles."""

import datetime as dt
import time
from typing import Any

import factory
from django.test import Client

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company, Currency, CurrencyRate, Membership, Team, WorkingCalendar

PASSWORD = "correct-horse-battery"


def currency(code: str = "EUR", minor_units: int = 2) -> Currency:
    """A currency is the same for everybody, so it is made once."""
    return Currency.objects.get_or_create(code=code, defaults={"name": code, "minor_units": minor_units})[0]


class CompanyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Company

    code = factory.Sequence(lambda n: f"company-{n}")
    name = factory.Sequence(lambda n: f"Company {n}")
    country = "DE"
    currency = factory.LazyFunction(currency)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@example.com")
    name = factory.Sequence(lambda n: f"User {n}")


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Team {n}")


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    company = factory.SubFactory(CompanyFactory)
    role = Role.DIRECTOR


class CurrencyRateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CurrencyRate

    company = factory.SubFactory(CompanyFactory)
    currency = factory.LazyFunction(lambda: currency("USD"))
    date = factory.Sequence(lambda n: dt.date(2026, 1, 1) + dt.timedelta(days=n))
    rate = "0.90"


class WorkingCalendarFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WorkingCalendar

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Calendar {n}")


def user_with(role: Role | str, company: Company, *, team: Team | None = None, **extra: Any) -> User:
    """A person with one role in a company."""
    user = UserFactory(**extra)
    MembershipFactory(user=user, company=company, role=role, team=team)
    return user


def signed_in(user: User, *, confirmed: bool = True) -> Client:
    """A signed-in client whose second factor counts as given, and the password as given a moment ago."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["mfa_present"] = True
    if confirmed:
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
