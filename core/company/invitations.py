"""Invitations of people who have an account already. Until they accept, their roles give nothing, and the company that
invites knows no more of them than the address it wrote to.

An account belongs to whoever reads its address: the link that sets the first password is mailed there and shown to
nobody (see core/ui/mailed_links.py), and its one address changes only by a mail to the new one."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.access.sessions import end_sessions
from core.company.models import Company, Membership
from core.company.operations import follow_roles
from core.company.tenancy import use_companies
from core.errors import WrongStateError


class NoInvitationError(WrongStateError):
    """The company offers the person nothing, or no longer."""

    code = "no_invitation"


def invitations_of(user: User) -> QuerySet[Membership]:
    """Roles that companies offer the person."""
    return Membership.objects.filter(user=user, accepted_at=None).select_related("company").order_by("company_id", "pk")


def accept_invitation(
    *, company_id: int, user: User, roles: Iterable[str], now: dt.datetime, session: str = ""
) -> Company:
    """Take roles that the company offers oneself. One's sessions end, as with every change of rights.

    :param roles: those that the person has read; one that was offered since goes on waiting.
    :param session: the key of the session that goes on.
    :raises NoInvitationError: it offers none of them.
    """
    with transaction.atomic(), use_companies([company_id]):
        person, company = _locked(user, company_id)
        offered = Membership.objects.filter(user=person, company=company, accepted_at=None, role__in=list(roles))
        if not offered.update(accepted_at=now):
            raise _no_invitation()
        follow_roles(person)
        end_sessions(person.pk, keep=session)
    return company


def decline_invitation(*, company_id: int, user: User, now: dt.datetime) -> Company:
    """Refuse every role that the company offers oneself; what was accepted before stays.

    :raises NoInvitationError: it offers none.
    """
    with transaction.atomic(), use_companies([company_id]):
        person, company = _locked(user, company_id)
        Membership.objects.filter(user=person, company=company, accepted_at=None).delete()
    return company


def _locked(user: User, company_id: int) -> tuple[User, Company]:
    person = User.objects.select_for_update().get(pk=user.pk)
    offered = invitations_of(person).filter(company_id=company_id).first()
    if offered is None:
        raise _no_invitation()
    return person, offered.company


def _no_invitation() -> NoInvitationError:
    return NoInvitationError(_("This company does not invite you, or no longer."))
