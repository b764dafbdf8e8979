"""One person for each role, who can sign in at once, and the note that tells how."""

import secrets
from pathlib import Path

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.access.enums import MFA_ROLES, Role
from core.access.models import User
from core.company.models import Company, Membership, Team
from core.company.operations import LastAdministratorError

DOMAIN = "demo.example"
LOGINS = "demo_logins.txt"
"""The note, in the state directory."""
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
    """A user for each role, by mail address. Those that exist stay as they are, passwords too; accounts closed with
    an earlier demo company are opened again."""
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


def admit_to(company: Company) -> list[User]:
    """Give the demo company's people their roles in another one, such as a sample company that was just imported.

    Roles that need a second factor outside a demo are left out: their people would have to set one up before they see
    anything again.

    :returns: who was admitted, by name; nobody where there is no demo company.
    """
    admitted = []
    for held in Membership.objects.filter(company__is_demo=True).select_related("user").order_by("user__name"):
        if held.role in MFA_ROLES or held.user.email != mail_of(Role(held.role)) or not held.user.is_active:
            continue
        Membership.objects.get_or_create(user=held.user, company=company, role=held.role)
        admitted.append(held.user)
    return admitted


def _person(role: Role) -> User:
    found = User.objects.filter(email=mail_of(role)).first()
    if found is not None:
        if not found.is_active and not found.memberships.exists():
            found.is_active = True
            found.save(update_fields=["is_active"])
        return found
    user = User(email=mail_of(role), name=NAMES[role], is_staff=role == Role.ADMINISTRATOR)
    user.set_unusable_password()
    user.save()
    return user


def give_password(people: dict[Role, User], path: Path) -> None:
    """Give everybody one password and write it where the launcher finds it. Once the note is there no password changes,
    so one that somebody has changed stays."""
    if path.exists():
        _write_note(path, _noted_password(path))
        return
    password = secrets.token_urlsafe(9)
    hashed = make_password(password)
    with transaction.atomic():
        for user in people.values():
            user.password = hashed
            user.save(update_fields=["password"])
    _write_note(path, password)


HEAD = "Sign in to the demo company (one password for all):"


def _noted_password(path: Path) -> str:
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return next((words[1] for words in lines if len(words) == 2 and words[0] == "password"), "")


def _write_note(path: Path, password: str) -> None:
    """Say who can sign in: nobody whose account is closed."""
    of_demo = User.objects.filter(email__endswith=f"@{DOMAIN}", is_active=True)
    open_accounts = set(of_demo.values_list("email", flat=True))
    is_gone = len(open_accounts) <= 1
    head = "The demo company is gone; still open is:" if is_gone else HEAD
    lines = [head, f"  password  {password}"]
    lines += [f"  {role.label!s:16}  {mail_of(role)}" for role in Role if mail_of(role) in open_accounts]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def correct_note(path: Path) -> None:
    """Have the note, where there is one, name only those who can still sign in."""
    if path.exists():
        _write_note(path, _noted_password(path))


def require_retirable(leaving: Company) -> None:
    """Nobody may leave a company without an administrator, made-up people neither.

    :raises LastAdministratorError: one whose account would be closed is the only administrator of a company that stays.
    """
    if Company.objects.filter(is_demo=True).exclude(pk=leaving.pk).exists():
        return
    held = Membership.objects.filter(role=Role.ADMINISTRATOR, accepted_at__isnull=False).exclude(company=leaving)
    going = held.filter(user__in=_retiring()).select_related("company", "user")
    kept = set(held.filter(user__is_active=True).exclude(user__in=_retiring()).values_list("company_id", flat=True))
    for one in going:
        if one.company_id not in kept:
            raise LastAdministratorError(
                _("%(person)s is the last administrator of %(company)s, and their account would be closed.")
                % {"person": one.user, "company": one.company},
                hint=_("Make somebody else an administrator first."),
            )


def retire_people() -> int:
    """Close the accounts of demo people once no demo company is left, and take their roles in other companies from
    them: everybody knows their password. The administrator's stays, else nobody could set up a company of their own.

    :returns: how many were closed.
    """
    if Company.objects.filter(is_demo=True).exists():
        return 0
    people = _retiring()
    Membership.objects.filter(user__in=people).delete()
    return people.filter(is_active=True).update(is_active=False, is_staff=False)


def _retiring() -> QuerySet[User]:
    of_demo = User.objects.filter(email__endswith=f"@{DOMAIN}", is_superuser=False)
    return of_demo.exclude(email=mail_of(Role.ADMINISTRATOR))
