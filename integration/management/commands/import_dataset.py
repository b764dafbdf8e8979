"""`import_dataset northwind PATH`: import a legacy company, with a dry run, questions and undo."""

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from core.access.models import User
from core.company.models import Company
from core.company.tenancy import all_companies, use_companies
from core.errors import DomainError
from core.imports.dataset import Dataset
from core.imports.models import ImportRun
from core.imports.operations import check_run, commit_run, stage_files, undo_run
from core.imports.queries import open_questions, outcome_counts, refused_rows
from core.imports.registry import all_datasets, dataset_named
from integration.demo.people import admit_to
from integration.setup import set_up_company

OPEN_QUESTIONS = 2


class Command(BaseCommand):
    help = "Import a data set into a company. Exits with 2, and writes nothing, while a value has no meaning yet."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("dataset", choices=[dataset.code for dataset in all_datasets()])
        parser.add_argument("path", type=Path, help="folder with the files of the data set")
        parser.add_argument(
            "--company", help="code of the company; made when there is none (default: the data set's name)"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--answers", type=Path, help='JSON file: {"topic": {"value": "meaning"}}')
        parser.add_argument(
            "--option", action="append", default=[], metavar="NAME=VALUE", help="parameter of the data set"
        )
        parser.add_argument("--undo", type=int, metavar="RUN", help="take this earlier import back instead")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(dataset_named(options["dataset"]), options)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _run(self, dataset: Dataset, options: dict[str, Any]) -> None:
        now = timezone.now()
        with all_companies():
            if options["undo"]:
                self._report(undo_run(run_id=options["undo"], now=now, progress=self._progress))
                return
            run = self._prepare(dataset, options, now)
        if run is not None:
            with use_companies([run.company_id]):
                self._report(commit_run(run_id=run.pk, now=now, progress=self._progress))

    def _prepare(self, dataset: Dataset, options: dict[str, Any], now: dt.datetime) -> ImportRun | None:
        """Stage and check, all or nothing: a dry run and open questions leave neither a company nor a staged row."""
        with transaction.atomic():
            user = User.objects.filter(is_superuser=True).order_by("pk").first()
            company = self._company(dataset, options["company"], user)
            run = stage_files(
                company_id=company.pk,
                dataset_code=dataset.code,
                files=self._files(dataset, options["path"]),
                user=user,
                now=now,
                options=dict(pair.split("=", 1) for pair in options["option"]),
                answers=json.loads(options["answers"].read_text()) if options["answers"] else {},
            )
            check_run(run_id=run.pk, now=now)
            self._explain(run)
            if options["dry_run"]:
                self.stdout.write("Dry run: nothing was written.")
                transaction.set_rollback(True)
                return None
        return run

    def _company(self, dataset: Dataset, code: str | None, user: User | None) -> Company:
        existing = Company.objects.filter(code=code or dataset.code).first()
        if existing is not None:
            return existing
        company = set_up_company(
            code=code or dataset.code,
            name=str(dataset.label),
            country=dataset.country,
            currency_code=dataset.currency_code,
            template=dataset.template,
            first_year=dataset.first_year,
            user=user,
            now=timezone.now(),
        )
        if admitted := admit_to(company):
            names = ", ".join(f"{person.name} ({person.email})" for person in admitted)
            self.stdout.write(f"{company} is new. People of the demo company who may open it: {names}.")
        else:
            self.stdout.write(f"{company} is new and nobody may open it yet: see manage.py create_company --help.")
        return company

    def _files(self, dataset: Dataset, folder: Path) -> dict[str, Path]:
        files = {table.name: folder / table.file for table in dataset.tables}
        if missing := sorted({path.name for path in files.values() if not path.is_file()}):
            raise CommandError(f"{folder} lacks {', '.join(missing)}. Name the folder that holds the files.")
        return files

    def _explain(self, run: ImportRun) -> None:
        for table, counts in outcome_counts(run).items():
            self.stdout.write(f"{table}: " + ", ".join(f"{number} {outcome}" for outcome, number in counts.items()))
        for row in refused_rows(run)[:20]:
            self.stdout.write(f"  {row.table} row {row.number} ({row.key}): {row.message}")
        if questions := list(open_questions(run)):
            self._ask(questions)

    def _ask(self, questions: list[Any]) -> None:
        suggested: dict[str, dict[str, str]] = {}
        self.stdout.write("Some values have no meaning yet; nothing was written:")
        for question in questions:
            self.stdout.write(
                f"  {question.topic} {question.value!r}, {question.rows} rows. Suggested: {question.suggestion!r}"
            )
            suggested.setdefault(question.topic, {})[question.value] = question.suggestion
        self.stdout.write("Answer them in a file and name it with --answers. If the suggestions are right:")
        self.stdout.write(json.dumps(suggested, ensure_ascii=False, indent=2))
        sys.exit(OPEN_QUESTIONS)

    def _progress(self, done: int, total: int, table: str) -> None:
        self.stdout.write(f"  {table}: {done} of {total}")

    def _report(self, run: ImportRun) -> None:
        self.stdout.write(f"Import {run.pk}: {run.get_status_display()}.")
        for line in run.report:
            self.stdout.write(f"  {line}")
        with use_companies([run.company_id]), transaction.atomic():
            for figure in run.figures.all():
                sign = "=" if figure.is_equal else "differs from"
                self.stdout.write(f"  {figure.label}: {figure.in_book:.2f} {sign} {figure.in_source:.2f} in the file")
