"""Refusals of the launcher: one clear line each, never a traceback."""


class EmbeddedError(Exception):
    """A start that cannot go on. The message says what is wrong and what to do."""


class PortTakenError(EmbeddedError):
    """Another process listens on a port that we were told to use."""


class AlreadyRunningError(EmbeddedError):
    """A second supervisor was started over the same state directory."""


class ServerStartError(EmbeddedError):
    """A server did not come up; the message carries the end of its log."""


class LocaleError(EmbeddedError):
    """The database's locale breaks trigram search of non-Latin text."""


class DatabaseVersionError(EmbeddedError):
    """The database server is older than the oldest one supported."""


class DatabaseAheadError(EmbeddedError):
    """The database holds migrations that this code does not know."""


class DatabaseUnreachableError(EmbeddedError):
    """No connection to the database server."""


class StateDirectoryError(EmbeddedError):
    """The state directory cannot be used by the account that the servers run as."""


class BackupError(EmbeddedError):
    """A backup could not be made or put back."""


class StepFailedError(EmbeddedError):
    """A command that has to succeed before the start, such as the migration, failed."""
