"""Invitations of people who have an account already. Until they accept, their roles give nothing, and the company that
invites knows no more of them than the address it wrote to.

To accept takes the key that was mailed to this address. The account itself proves nothing to the company that invites:
another one may have made it, and set its password, without its owner ever having signed in."""

import datetime as dt

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.access.sessions import end_sessions
from core.company.models import Company, Membership
from core.company.operations import follow_roles
from core.company.tenancy import use_companies
from core.errors import NotAllowedError, WrongStateError

INVITATION_DAYS = 14


class NoInvitationError(WrongStateError):
    """The company offers the person nothing, or no longer."""

    code = "no_invitation"


class UnprovenAddressError(NotAllowedError):
    """Whoever accepts has not shown that they read the mail of the address that was invited."""

    code = "unproven_address"


def invitation_key(user: User, company_id: int) -> str:
    """What the mail of an invitation carries: good for `INVITATION_DAYS`, and for the address the account has now."""
    return signing.dumps([user.pk, company_id, user.email], salt=__name__)


def opens(key: str, user: User, company_id: int) -> bool:
    """Whether the key was mailed to this person for this company, and lately enough."""
    try:
        found = signing.loads(key, salt=__name__, max_age=dt.timedelta(days=INVITATION_DAYS))
    except signing.BadSignature:
        return False
    return bool(found == [user.pk, company_id, user.email])


def invitations_of(user: User) -> QuerySet[Membership]:
    """Roles that companies offer the person."""
    return Membership.objects.filter(user=user, accepted_at=None).select_related("company").order_by("company_id", "pk")


def accept_invitation(*, company_id: int, user: User, key: str, now: dt.datetime, session: str = "") -> Company:
    """Take every role that the company offers oneself. One's sessions end, as with every change of rights.

    :param key: see `invitation_key`.
    :param session: the key of the session that goes on.
    :raises NoInvitationError: it offers none.
    :raises UnprovenAddressError: the key is another one's, or too old.
    """
    with transaction.atomic(), use_companies([company_id]):
        person, company = _locked(user, company_id)
        if not opens(key, person, company_id):
            raise UnprovenAddressError(
                _("Accept through the link in the mail that was sent to %(address)s.") % {"address": person.email},
                hint=_("If it is lost or older than two weeks, have it sent again."),
            )
        Membership.objects.filter(user=person, company=company, accepted_at=None).update(accepted_at=now)
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
        raise NoInvitationError(_("This company does not invite you, or no longer."))
    return person, offered.company
