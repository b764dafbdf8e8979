"""`manage.py role_matrix`: who may do what, as the table that the tests compare."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.ui.rights import matrix_table


class Command(BaseCommand):
    help = "Print the matrix of roles, or write it to a file: role_matrix --write tests/access/role_matrix.csv"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", type=Path, default=None, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["write"]
        if path is None:
            csv.writer(self.stdout, lineterminator="\n").writerows(matrix_table())
            return
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(matrix_table())
        self.stdout.write(f"{path}: written")
