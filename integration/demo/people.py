"""One person for each role, who can sign in at once, and the note that tells how."""

import secrets
from pathlib import Path

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company, Membership, Team

DOMAIN = "demo.example"
NAMES = {
    Role.SALESPERSON: "Sami Holm",
    Role.SALES_MANAGER: "Greta Winter",
    Role.SUPPORT_AGENT: "Oona Falk",
    Role.MARKETER: "Dario Castellan",
    Role.BUYER: "Bruno Keller",
    Role.WAREHOUSE: "Wanda Marek",
    Role.ACCOUNTANT: "Ada Lindgren",
    Role.FINANCE_MANAGER: "Felix Brandt",
    Role.DIRECTOR: "Clara Norden",
    Role.AUDITOR: "Viktor Prager",
    Role.ADMINISTRATOR: "Ines Olsen",
}
IN_TEAM = (Role.SALESPERSON, Role.SALES_MANAGER)


def mail_of(role: Role) -> str:
    """`sales_manager@demo.example`."""
    return f"{role.value}@{DOMAIN}"


def make_people(company: Company) -> dict[Role, User]:
    """A user for each role, by mail address. Those that exist stay as they are, passwords too."""
    with transaction.atomic():
        team, _new = Team.objects.get_or_create(company=company, name="Field sales")
        people = {role: _person(role) for role in Role}
        for role, user in people.items():
            Membership.objects.get_or_create(
                user=user, company=company, role=role, defaults={"team": team if role in IN_TEAM else None}
            )
            # A second factor can be set up only with a confirmed address, and nobody reads mail at this domain.
            EmailAddress.objects.get_or_create(
                user=user, email=user.email, defaults={"verified": True, "primary": True}
            )
        if team.lead_id is None:
            team.lead = people[Role.SALES_MANAGER]
            team.save(update_fields=["lead"])
    return people


def _person(role: Role) -> User:
    found = User.objects.filter(email=mail_of(role)).first()
    if found is not None:
        return found
    user = User(email=mail_of(role), name=NAMES[role], is_staff=role == Role.ADMINISTRATOR)
    user.set_unusable_password()
    user.save()
    return user


def give_password(people: dict[Role, User], path: Path) -> None:
    """Give everybody one password and write it where the launcher finds it. Once the note is there nothing changes, so
    a password that somebody has changed stays."""
    if path.exists():
        return
    password = secrets.token_urlsafe(9)
    hashed = make_password(password)
    with transaction.atomic():
        for user in people.values():
            user.password = hashed
            user.save(update_fields=["password"])
    lines = ["Sign in to the demo company (one password for all):", f"  password  {password}"]
    lines += [f"  {role.label!s:16}  {mail_of(role)}" for role in people]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def retire_people() -> int:
    """Close the accounts of demo people who belong to no company any more: everybody knows their password. The
    administrator's stays, else nobody could set up a company of their own.

    :returns: how many were closed.
    """
    left = User.objects.filter(email__endswith=f"@{DOMAIN}", is_staff=False, memberships=None)
    return left.update(is_active=False)
