"""Who must sign in with a second factor."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings

from core.access.enums import MFA_ROLES
from core.access.policies import grants_of

if TYPE_CHECKING:
    from core.access.models import User


def needs_second_factor(user: "User", demo_ids: Iterable[int] | None = None) -> bool:
    """Whoever holds a finance or administrator role in a company that is no demo, and the installation's keeper.

    On a trial installation (`ONEBOOK_DEMO`) people of the demo company are waived altogether: their logins are
    published anyway, and they may look at imported companies too.

    :param demo_ids: the person's demo companies where the caller has read them already.
    """
    if user.is_superuser:
        return True
    held = grants_of(user)
    if not any(grant.role in MFA_ROLES for grant in held):
        return False
    demos = set(_demo_companies(user) if demo_ids is None else demo_ids)
    if settings.DEMO and demos:
        return False
    return any(grant.role in MFA_ROLES and grant.company_id not in demos for grant in held)


def _demo_companies(user: "User") -> Iterable[int]:
    # `memberships` comes from core.company, which stands above this app.
    return user.memberships.filter(company__is_demo=True, accepted_at__isnull=False).values_list(
        "company_id", flat=True
    )
