"""Child process that reads the first sheet of a workbook and prints a JSON list a row. It limits its own memory,
time and output, so a hostile workbook ends this process and nothing else."""

import datetime as dt
import json
import resource
import sys

from python_calamine import CalamineWorkbook

MEMORY = 512 * 1024 * 1024
SECONDS = 30


def as_text(value: object) -> str:
    """Cells as people read them: whole numbers without a point, dates in ISO form."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def main(path: str, most_rows: int, most_columns: int, most_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    for number, row in enumerate(sheet.iter_rows()):
        if number > most_rows:
            break
        sys.stdout.write(json.dumps([as_text(value) for value in row[: most_columns + 1]]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
