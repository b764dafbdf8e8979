"""A list as a file: columns, filters and order of the screen, and values that no spreadsheet takes for a formula.

Rows are written as they are read, so a large export needs no more memory than a small one."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import islice
from typing import IO, Any

import xlsxwriter
from django.core.files import File
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _

from core.access.middleware import zone_of
from core.errors import WrongStateError
from core.jobs.models import JobRun
from core.jobs.operations import report
from core.jobs.registry import job
from core.ui import registry
from core.ui.columns import BoundColumn, exported
from core.ui.listing import Listing
from core.ui.resource import Caller

INLINE_ROWS = 5_000
SHEET_ROWS = 1_000_000
REPORT_EVERY = 2_000
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Progress = Callable[[int], None]

# A spreadsheet that splits at another separator than ours starts a cell after each of them.
_DANGER = re.compile(r"(^|[;,|\t\r\n])(\s*)(?='*[=+\-@\t\r＝＋－＠])")
_QUOTED = re.compile(r"(^|[;,|\t\r\n])(\s*)'(?='*[=+\-@\t\r＝＋－＠])")


def formula_safe(text: str) -> str:
    """Text that a spreadsheet keeps as text: an apostrophe before every sign that would start a formula."""
    return _DANGER.sub(r"\1\2'", text)


def formula_plain(text: str) -> str:
    """The text before `formula_safe`; importers read our own files with it."""
    return _QUOTED.sub(r"\1\2", text)


def csv_value(value: Any) -> Any:
    """Numbers and dates as they are, so that negative numbers stay numbers; text made safe."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return (
        value
        if isinstance(value, int)
        else value.isoformat(*((" ", "minutes") if isinstance(value, dt.datetime) else ()))
        if isinstance(value, dt.date)
        else formula_safe(str(value))
    )


def write_csv(listing: Listing, file: IO[bytes], progress: Progress | None = None) -> int:
    """Write the list as CSV in UTF-8 with a byte order mark, which spreadsheets need for Chinese. Answers the rows."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL)
    writer.writerow([formula_safe(column.label) for column in listing.columns])
    count = 0
    for count, record in enumerate(listing.rows(), start=1):
        writer.writerow([csv_value(exported(column, record)) for column in listing.columns])
        _tell(progress, count)
    text.flush()
    text.detach()
    return count


def write_xlsx(listing: Listing, file: IO[bytes], progress: Progress | None = None) -> int:
    """Write the list as a workbook: the rows, and a sheet that says what they are. Answers the rows."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(_sheet_name(str(listing.resource.plural)))
        styles = {kind: book.add_format({"num_format": form}) for kind, form in NUMBER_FORMATS.items()}
        sheet.freeze_panes(1, 0)
        _write_labels(sheet, listing.columns, book.add_format({"bold": True, "bottom": 1}))
        count = 0
        for count, record in enumerate(islice(listing.rows(), SHEET_ROWS), start=1):
            for index, column in enumerate(listing.columns):
                _write_cell(sheet, count, index, exported(column, record), styles.get(column.kind))
            _tell(progress, count)
        _write_about(book, listing, count)
    return count


NUMBER_FORMATS = {
    "money": "#,##0.00",
    "quantity": "#,##0.######",
    "price": "#,##0.00######",
    "count": "0",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
}


def _write_labels(sheet: Any, columns: Iterable[BoundColumn], bold: Any) -> None:
    for index, column in enumerate(columns):
        sheet.set_column(index, index, 30 if column.kind in ("text", "link") else 16)
        sheet.write_string(0, index, column.label, bold)


def _write_cell(sheet: Any, row: int, index: int, value: Any, style: Any) -> None:
    if isinstance(value, Decimal | int):
        sheet.write_number(row, index, value, style)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, index, value, style)
    elif value != "":
        sheet.write_string(row, index, str(value)[:32767])


def _write_about(book: Any, listing: Listing, count: int) -> None:
    sheet = book.add_worksheet(_sheet_name(_("About")))
    sheet.set_column(0, 1, 40)
    for row, (label, value) in enumerate(statement(listing, count)):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, value)


def statement(listing: Listing, count: int) -> list[tuple[str, str]]:
    """What an export says about itself: company, moment, person, filters, rows."""
    caller = listing.caller
    return [
        (_("List"), capfirst(str(listing.resource.plural))),
        (_("Company"), str(caller.company)),
        (_("As of"), timezone.localtime(caller.now).isoformat(timespec="seconds")),
        (_("Exported by"), str(caller.user)),
        (_("Rows"), str(count)),
        *((_("Filter: %(field)s") % {"field": label}, value) for label, value in listing.described()),
    ]


def _sheet_name(text: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", capfirst(text))[:31].strip() or "Sheet"


def _tell(progress: Progress | None, count: int) -> None:
    if progress is not None and count % REPORT_EVERY == 0:
        progress(count)


def file_name(listing: Listing, kind: str) -> str:
    """Name of the file: list, filters in short, moment."""
    filters = "-".join(slugify(value, allow_unicode=True)[:20] for _label, value in listing.described())[:60].strip("-")
    stamp = timezone.localtime(listing.caller.now).strftime("%Y-%m-%d-%H%M")
    return f"{'_'.join(part for part in (listing.resource.slug, filters, stamp) if part)}.{kind}"


def write(listing: Listing, kind: str, progress: Progress | None = None) -> tuple[IO[bytes], int]:
    """The export in a temporary file, read from its start, and its number of rows."""
    file: Any = tempfile.SpooledTemporaryFile(max_size=2_000_000)  # noqa: SIM115  handed to the answer, which closes it
    count = (write_xlsx if kind == "xlsx" else write_csv)(listing, file, progress)
    file.seek(0)
    return file, count


@job("ui.export")
def export_job(run: JobRun) -> str:
    """Write a large export in the background and keep the file with the run."""

    resource, params = registry.get(run.params["resource"]), run.params
    if run.user is None:
        raise WrongStateError(_("An export has somebody who asked for it."))
    with translation.override(run.user.language or None), timezone.override(zone_of(run.user, run.company) or None):
        with transaction.atomic():
            caller = Caller(user=run.user, company=run.company, now=run.queued_at)
            listing = Listing(
                resource, caller, QueryDict(params["query"]), verb="export", column_names=tuple(params["columns"])
            )
            name = file_name(listing, params["kind"])
            file, count = write(listing, params["kind"])
        with file, transaction.atomic():
            run.result.save(name, File(file), save=False)
            JobRun.objects.filter(pk=run.pk).update(result=run.result.name)
        report(run, done=count, total=count)
        return _("%(count)s rows written to %(file)s.") % {"count": count, "file": name}
