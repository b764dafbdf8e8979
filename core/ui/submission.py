"""One attempt at an operation, with everything that the database or the domain may answer turned into a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from core.errors import DomainError, InvalidInputError

T = TypeVar("T")

ATTEMPTS = 3
RETRIED = ("40P01", "40001")
LOCKED = "55P03"
UNIQUE, FOREIGN_KEY, CHECK = "23505", "23503", "23514"


class BusyError(DomainError):
    """Somebody else holds the record at this moment."""

    status = 409
    code = "busy"


def attempt(act: Callable[[], T]) -> T:
    """Run an operation in a savepoint. A deadlock is tried again, because the database took everything back.

    :raises core.errors.DomainError: the operation's refusal, or the database's in words.
    """
    for round_ in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return act()
        except IntegrityError as error:
            raise refusal_of(error) from error
        except OperationalError as error:
            state = _sqlstate(error)
            if state == LOCKED or (state in RETRIED and round_ == ATTEMPTS):
                raise BusyError(
                    _("Somebody else is working on this record right now."), hint=_("Try again in a moment.")
                ) from error
            if state not in RETRIED:
                raise
    raise AssertionError("unreachable")


def _sqlstate(error: Exception) -> str:
    return str(getattr(error.__cause__, "sqlstate", "") or "")


def refusal_of(error: IntegrityError) -> DomainError:
    """A constraint's refusal in words a person can act on."""
    state, cause = _sqlstate(error), error.__cause__
    if state == UNIQUE:
        field = _unique_field(str(getattr(getattr(cause, "diag", None), "message_detail", "") or ""))
        return InvalidInputError(
            _("There is another record with the same value."),
            code="not_unique",
            field=field,
            hint=_("Choose another value, or open that record."),
        )
    if state == FOREIGN_KEY:
        return InvalidInputError(
            _("Other records refer to this one, or a record it refers to is gone."), code="still_referenced"
        )
    if state == CHECK:
        return InvalidInputError(
            _("A value lies outside what is allowed."), code="out_of_range", params=_constraint(cause)
        )
    raise error


def _unique_field(detail: str) -> str | None:
    """`Key (company_id, code)=(…) already exists.` → `code`."""
    match = re.match(r"Key \(([^)]*)\)=", detail)
    names = [name.strip() for name in match.group(1).split(",")] if match else []
    own = [name for name in names if name not in ("company_id", "id")]
    return own[-1] if own and own[-1].isidentifier() else None


def _constraint(cause: Any) -> dict[str, str]:
    name = getattr(getattr(cause, "diag", None), "constraint_name", "")
    return {"constraint": name} if name else {}
