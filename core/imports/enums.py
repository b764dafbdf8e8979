"""States of an import and outcomes of its rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunStatus(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    STAGED = "staged", _("Read")
    CHECKED = "checked", _("Checked")
    COMMITTING = "committing", _("Importing")
    DONE = "done", _("Imported")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


class Outcome(models.TextChoices):
    """What becomes, or became, of a row."""

    PENDING = "pending", _("Not checked")
    NEW = "new", _("New")
    UPDATE = "update", _("Update")
    UNCHANGED = "unchanged", _("Unchanged")
    DUPLICATE = "duplicate", _("Duplicate")
    SKIPPED = "skipped", _("Left out")
    ERROR = "error", _("Error")


WRITTEN = (Outcome.NEW, Outcome.UPDATE)
REFUSED = (Outcome.ERROR, Outcome.DUPLICATE)


class RowPolicy(models.TextChoices):
    """What an import does when some of its rows are refused."""

    ALL = "all", _("All rows or none")
    GOOD = "good", _("The good rows alone")


class DuplicatePolicy(models.TextChoices):
    """What becomes of rows that look like a record that exists."""

    SKIP = "skip", _("Leave them out")
    CREATE = "create", _("Import them as new records")


class DateOrder(models.TextChoices):
    """How a file writes days."""

    YMD = "ymd", _("year-month-day: 2026-12-31")
    DMY = "dmy", _("day-month-year: 31.12.2026")
    MDY = "mdy", _("month-day-year: 12/31/2026")


class DecimalMark(models.TextChoices):
    """How a file writes fractions."""

    POINT = ".", _("point: 1,234.56")
    COMMA = ",", _("comma: 1.234,56")


class Encoding(models.TextChoices):
    UTF8 = "utf-8-sig", "UTF-8"
    UTF16 = "utf-16", "UTF-16"
    UTF16LE = "utf-16-le", "UTF-16 LE"
    UTF16BE = "utf-16-be", "UTF-16 BE"
    GB18030 = "gb18030", "GB 18030"
    CP1252 = "cp1252", "Windows-1252"


class Delimiter(models.TextChoices):
    COMMA = ",", _("comma")
    SEMICOLON = ";", _("semicolon")
    TAB = "\t", _("tab")
    BAR = "|", _("vertical bar")
