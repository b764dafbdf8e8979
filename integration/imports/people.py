"""Sales people of legacy data: users who cannot sign in until an administrator invites them, with their teams."""

from django.utils.text import slugify

from core.access.enums import Role
from core.access.models import User
from core.company.models import Company, Membership, Team


def salesperson(company: Company, name: str, team: Team | None = None, role: Role = Role.SALESPERSON) -> User:
    """The user of this name in this company; made inactive and without a password when new."""
    email = f"{slugify(name)}@{company.code}.example"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=name, is_active=False)
    Membership.objects.get_or_create(user=user, company=company, role=role, defaults={"team": team})
    return user
