"""Refusals. An operation that will not do what it was asked raises one of these; every door (form, API, import, job)
shows the same message, because it comes from here."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal that a person can act on.

    :param message: what happened, in the user's language.
    :param code: stable machine name, snake_case.
    :param field: the input it concerns, if one.
    :param hint: what to do about it.
    :param params: figures behind the message, for the API's answer.
    """

    status = 422
    code = "refused"

    def __init__(
        self,
        message: str | Promise,
        *,
        code: str | None = None,
        field: str | None = None,
        hint: str | Promise = "",
        params: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field
        self.hint = hint
        self.params = dict(params or {})

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InvalidInputError(DomainError):
    """The input itself is wrong; nothing about the record's state would change that."""

    code = "invalid"


class WrongStateError(DomainError):
    """The record is not in a state from which this is possible."""

    status = 409
    code = "wrong_state"


class ConflictError(DomainError):
    """Somebody else changed the record since it was read.

    :ivar current_version: the row version that is stored now.
    """

    status = 409
    code = "conflict"

    def __init__(self, *, current_version: int) -> None:
        super().__init__(
            _("Somebody else changed this record while you were editing it."),
            hint=_("Compare both versions, then save again."),
            params={"current_version": current_version},
        )
        self.current_version = current_version


class IdempotencyMismatchError(DomainError):
    """The same idempotency key came with a different request."""

    status = 409
    code = "idempotency_mismatch"


class NotAllowedError(DomainError):
    """The user's roles do not include this act on this record."""

    status = 403
    code = "not_allowed"
