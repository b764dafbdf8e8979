"""Refusals about campaigns and mailings."""

from core.errors import DomainError, InvalidInputError, WrongStateError


class UnknownMergeFieldError(InvalidInputError):
    """The text names a field that nobody fills."""

    code = "unknown_merge_field"


class NobodyToMailError(DomainError):
    """Nobody of the segment may be mailed."""

    code = "nobody_to_mail"


class NoPublicAddressError(DomainError):
    """Nobody could reach the unsubscribe link, because our own address is not set."""

    code = "no_public_address"


class NoOwnAddressError(InvalidInputError):
    """A test mail needs somebody to go to."""

    code = "no_own_address"


class CampaignNotRunningError(WrongStateError):
    """Mailings go out in running campaigns only."""

    code = "campaign_not_running"


class MailingReleasedError(WrongStateError):
    """The mailing has gone out, or was given up; its text stands."""

    code = "mailing_released"


class MailingsAtWorkError(WrongStateError):
    """A campaign is not finished while its mailings still go out."""

    code = "mailings_at_work"
