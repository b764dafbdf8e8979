"""Refusals about tickets."""

from core.errors import InvalidInputError, WrongStateError


class TicketClosedError(WrongStateError):
    """A closed ticket takes neither words nor changes until it is reopened."""

    code = "ticket_closed"


class WrongContactError(InvalidInputError):
    """The contact is not a person of the ticket's customer; an answer would go to a stranger."""

    code = "wrong_contact"


class NothingSaidError(InvalidInputError):
    """A message, a reason or a resolution without words."""

    code = "nothing_said"
