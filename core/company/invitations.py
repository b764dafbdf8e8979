"""Invitations of people who have an account already. Until they accept, their roles give nothing, and the company that
invites knows no more of them than the address it wrote to."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.access.models import User
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


def accept_invitation(*, company_id: int, user: User, now: dt.datetime) -> Company:
    """Take every role that the company offers oneself.

    :raises NoInvitationError: it offers none.
    """
    with transaction.atomic(), use_companies([company_id]):
        person, company = _locked(user, company_id)
        Membership.objects.filter(user=person, company=company, accepted_at=None).update(accepted_at=now)
        follow_roles(person)
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
        raise NoInvitationError(_("This company does not invite you, or no longer."))
    return person, offered.company
