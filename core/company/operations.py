"""People of a company: inviting them, giving and taking roles, closing and opening their accounts.

A person has one account and a role in each company. Whoever manages people hands out roles of the own company only, and
none to themselves: nobody grants more than they hold (see `may_grant`)."""

import datetime as dt
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.access.enums import Role
from core.access.models import User
from core.access.policies import roles_in
from core.access.sessions import end_sessions
from core.company.models import Company, Membership, Team
from core.errors import InvalidInputError, NotAllowedError, WrongStateError

if TYPE_CHECKING:
    from collections.abc import Iterable


class LastAdministratorError(WrongStateError):
    """Without this person nobody could manage the company's people any more."""

    code = "last_administrator"


def may_grant(actor: User | None, role: Role, company_id: int) -> bool:
    """Whether the actor holds the role, or may hand out every role as the company's administrator.

    None is the installation's keeper at the command line, who holds everything anyway.
    """
    if actor is None:
        return True
    held = roles_in(actor, company_id)
    return Role.ADMINISTRATOR in held or role in held


def invite_person(
    *,
    company_id: int,
    email: str,
    name: str,
    roles: "Iterable[str]",
    user: User | None,
    now: dt.datetime,
    team_id: int | None = None,
) -> User:
    """Give a person roles in the company; the account is made when the address has none yet, without a password. Who
    has one already has to accept (see invitations.py). Inviting somebody again adds the roles that are missing.

    :raises InvalidInputError: not a mail address, no role, or no such team.
    :raises NotAllowedError: a role the actor does not hold.
    :raises WrongStateError: the account is deactivated.
    """
    address = _address(email)
    wanted = [Role(role) for role in roles]
    if not wanted:
        raise InvalidInputError(_("Choose at least one role."), field="roles")
    with transaction.atomic():
        person = User.objects.select_for_update().filter(email=address).first()
        is_new = person is None
        if person is None:
            person = User.objects.create_user(address, None, name=name.strip() or address)
        if not person.is_active:
            raise WrongStateError(
                _("The account of %(address)s is deactivated.") % {"address": address},
                field="email",
                hint=_("Reactivate it instead of inviting the person again."),
            )
        # A second factor needs a proven address, and whoever sets the first password proves it: they read the mail.
        # (Where no mail is sent, the administrator answers for it.)
        EmailAddress.objects.filter(email=address).exclude(user=person).delete()  # what others claimed is not theirs
        EmailAddress.objects.get_or_create(user=person, email=address, defaults={"verified": True, "primary": True})
        for role in wanted:
            grant_role(
                person_id=person.pk,
                company_id=company_id,
                role=role,
                team_id=team_id,
                is_new=is_new,
                user=user,
                now=now,
            )
    return person


def _address(email: str) -> str:
    address = User.objects.normalize_email(email.strip()).lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidInputError(_("This is not a mail address."), field="email") from error
    return address


def grant_role(
    *,
    person_id: int,
    company_id: int,
    role: str,
    user: User | None,
    now: dt.datetime,
    team_id: int | None = None,
    is_new: bool = False,
) -> Membership:
    """Give a person a role, or move the role they hold to another team. Their sessions end, so that none of them goes
    on with other rights than it began with. Who does not work in the company yet has to accept the role first.

    :param is_new: the account was made for this role, so there is nobody yet who could refuse it.
    :raises NotAllowedError: to oneself, or a role the actor does not hold.
    :raises InvalidInputError: a team of another company.
    """
    wanted = Role(role)
    _require_grant(user, person_id, wanted, company_id)
    if team_id is not None and not Team.objects.filter(pk=team_id, company_id=company_id).exists():
        raise InvalidInputError(_("There is no such team in this company."), field="team")
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person_id)
        held = Membership.objects.filter(user=person, company_id=company_id, role=wanted).first()
        if held is None:
            waits = not is_new and company_id not in _companies_of(person)
            held = Membership.objects.create(
                user=person,
                company_id=company_id,
                role=wanted,
                team_id=team_id,
                accepted_at=None if waits else now,
            )
        elif held.team_id != team_id:
            held.team_id = team_id
            held.save(update_fields=["team"])
        else:
            return held
        if held.accepted_at is not None:
            _after_change(person)
    return held


def revoke_role(*, person_id: int, company_id: int, role: str, user: User | None, now: dt.datetime) -> User:
    """Take a role from a person, or take back the offer of one; without any they no longer belong to the company. With
    a role that they had accepted their sessions end.

    :raises NotAllowedError: a role the actor does not hold.
    :raises LastAdministratorError: the company would be without one.
    """
    wanted = Role(role)
    if not may_grant(user, wanted, company_id):
        raise _not_held(wanted)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person_id)
        held = Membership.objects.filter(user=person, company_id=company_id, role=wanted)
        was_accepted = held.filter(accepted_at__isnull=False).exists()
        if wanted == Role.ADMINISTRATOR and was_accepted:
            _require_another_administrator(company_id, person)
        held.delete()
        if was_accepted:
            _after_change(person)
    return person


def deactivate_person(*, person_id: int, company_id: int, user: User | None, now: dt.datetime) -> User:
    """Close a person's account: no sign-in, no token works, every session ends. Their records stay.

    :raises NotAllowedError: oneself, or somebody who also belongs to a company that the actor does not administer.
    :raises LastAdministratorError: a company would be without one.
    """
    if user is not None and user.pk == person_id:
        raise NotAllowedError(_("You cannot close your own account."), hint=_("Ask another administrator."))
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person_id)
        if not person.is_active:
            return person
        _require_all_companies(user, person, company_id)
        for administered in _companies_of(person, Role.ADMINISTRATOR):
            _require_another_administrator(administered, person)
        person.is_active = False
        person.save(update_fields=["is_active"])
        end_sessions(person.pk)
    return person


def reactivate_person(*, person_id: int, company_id: int, user: User | None, now: dt.datetime) -> User:
    """Open a closed account again, with the roles it has.

    :raises NotAllowedError: somebody who also belongs to a company that the actor does not administer.
    """
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person_id)
        _require_all_companies(user, person, company_id)
        if not person.is_active:
            person.is_active = True
            person.save(update_fields=["is_active"])
    return person


def reset_second_factor(*, person_id: int, company_id: int, user: User | None, now: dt.datetime) -> User:
    """Forget a person's authenticator and recovery codes, after they lost them; whose role requires one sets up another
    at the next sign-in. Their sessions end.

    :raises NotAllowedError: one's own, or that of somebody who also belongs to a company the actor does not administer.
    """
    if user is not None and user.pk == person_id:
        raise NotAllowedError(_("You cannot reset your own second factor."), hint=_("Ask another administrator."))
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person_id)
        _require_all_companies(user, person, company_id)
        Authenticator.objects.filter(user=person).delete()
        end_sessions(person.pk)
    return person


def sign_out_everywhere(*, person_id: int, company_id: int, user: User | None, now: dt.datetime) -> User:
    """End every session of a person.

    :raises NotAllowedError: somebody else who also belongs to a company that the actor does not administer.
    """
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person_id)
        if user is None or user.pk != person_id:
            _require_all_companies(user, person, company_id)
        end_sessions(person.pk)
    return person


def administers_all_companies_of(actor: User | None, person: User) -> bool:
    """Whether no other company has a say in the person's account."""
    return actor is None or all(Role.ADMINISTRATOR in roles_in(actor, company) for company in _companies_of(person))


def _require_grant(actor: User | None, person_id: int, role: Role, company_id: int) -> None:
    if actor is not None and actor.pk == person_id:
        raise NotAllowedError(
            _("You cannot change your own roles."), field="role", hint=_("Ask another administrator.")
        )
    if not may_grant(actor, role, company_id):
        raise _not_held(role)


def _not_held(role: Role) -> NotAllowedError:
    return NotAllowedError(
        _("You cannot give or take the role %(role)s, because you do not hold it.") % {"role": role.label},
        field="role",
        hint=_("Ask an administrator."),
    )


def _after_change(person: User) -> None:
    """Sessions end because their rights changed."""
    follow_roles(person)
    end_sessions(person.pk)


def follow_roles(person: User) -> None:
    """Django admin follows the administrator's role."""
    is_staff = bool(person.is_superuser or _companies_of(person, Role.ADMINISTRATOR))
    if person.is_staff != is_staff:
        person.is_staff = is_staff
        person.save(update_fields=["is_staff"])


def _companies_of(person: User, role: Role | None = None) -> set[int]:
    held = Membership.objects.filter(user=person, accepted_at__isnull=False)
    return set((held.filter(role=role) if role else held).values_list("company_id", flat=True))


def _require_all_companies(actor: User | None, person: User, company_id: int) -> None:
    """An account is shared by all of a person's companies, so closing it needs the say of each."""
    belongs = actor is None or company_id in _companies_of(person)
    if not (belongs and administers_all_companies_of(actor, person)):
        raise NotAllowedError(
            _("%(person)s also works in a company that you do not administer.")
            % {"person": person if belongs else person.email},
            hint=_("Take their roles in this company instead."),
        )


def _require_another_administrator(company_id: int, person: User) -> None:
    # Two administrators who take each other's role at once must not both find the other one still there.
    Company.objects.select_for_update(of=("self",)).get(pk=company_id)
    others = Membership.objects.filter(
        company_id=company_id, role=Role.ADMINISTRATOR, user__is_active=True, accepted_at__isnull=False
    )
    if not others.exclude(user=person).exists():
        raise LastAdministratorError(
            _("%(person)s is the last administrator of this company.") % {"person": person},
            hint=_("Make somebody else an administrator first."),
        )
