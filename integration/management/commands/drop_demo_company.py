"""`drop_demo_company CODE`: take a demo company away whole. Any other company is refused."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from core.company.models import Company
from core.company.tenancy import all_companies
from core.errors import DomainError
from integration.demo.dropping import drop_demo_company


class Command(BaseCommand):
    help = "Remove a demo company with everything in it. A company that was not made as a demo is refused."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("code", help="code of the company")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["code"]
        with all_companies(), transaction.atomic():
            company_id = Company.objects.filter(code=code).values_list("pk", flat=True).first()
        if company_id is None:
            raise CommandError(f"There is no company with the code {code}.")
        try:
            gone = drop_demo_company(company_id=company_id, code=code, user=None, now=timezone.now())
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{code} is removed: {gone} rows.")
