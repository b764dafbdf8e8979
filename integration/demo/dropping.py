"""Taking a demo company away whole, facts included. No other company can be."""

import datetime as dt

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.access.models import User
from core.company.models import Company
from core.company.tenancy import all_companies
from core.documents.models import Attachment
from core.errors import DomainError, InvalidInputError
from core.jobs.models import JobRun
from integration.demo.people import LOGINS, correct_note, require_retirable, retire_people


class NotDemoError(DomainError):
    """The company was not made as a demo company."""

    code = "not_demo"


def drop_demo_company(*, company_id: int, code: str, user: User | None, now: dt.datetime) -> int:
    """Delete the company with everything that belongs to it, and close the accounts of its made-up people.

    The database does it in a function of the owner role, which looks at the company itself: the app role may delete no
    fact, and no company becomes a demo company later.

    :param code: the company's code, typed again.
    :returns: how many rows are gone.
    :raises NotDemoError: it is no demo company.
    :raises InvalidInputError: the code is another one.
    :raises LastAdministratorError: one of those people is the only administrator of another company.
    """
    with all_companies(), transaction.atomic():
        company = Company.objects.select_for_update(of=("self",)).get(pk=company_id)
        if not company.is_demo:
            raise NotDemoError(
                _("%(company)s is no demo company.") % {"company": company},
                hint=_("Only a company that was made as a demo can be removed."),
            )
        if code != company.code:
            raise InvalidInputError(
                _("This is not the code of %(company)s.") % {"company": company},
                code="wrong_code",
                field="code",
                hint=_("Type %(code)s to remove it.") % {"code": company.code},
            )
        require_retirable(company)
        files = _files(company)
        with connection.cursor() as cursor:
            # Whoever works in it now is waited for.
            cursor.execute("SET LOCAL lock_timeout = '30s'")
            cursor.execute("SELECT drop_demo_company(%s, %s)", [company.pk, company.code])
            gone: int = cursor.fetchone()[0]
        retire_people()
        transaction.on_commit(lambda: correct_note(settings.STATE_DIR / LOGINS), robust=True)
        transaction.on_commit(lambda: _delete_files(files), robust=True)
    return gone


def _files(company: Company) -> list[str]:
    results = JobRun.objects.filter(company=company).exclude(result="").values_list("result", flat=True)
    attached = Attachment.objects.filter(company=company).exclude(file="")  # empty where the bytes were pruned
    return [*attached.values_list("file", flat=True), *results]


def _delete_files(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)
