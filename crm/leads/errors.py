"""Refusals about leads."""

from core.errors import InvalidInputError, WrongStateError


class NamelessLeadError(InvalidInputError):
    """A lead needs a name, an organisation or a mail address."""

    code = "nameless_lead"


class DuplicateChoiceError(InvalidInputError):
    """The party chosen for a conversion is not one of the company, or of the wrong kind."""

    code = "wrong_party"


class LeadClosedError(WrongStateError):
    """A converted or disqualified lead is not changed any more."""

    code = "lead_closed"
