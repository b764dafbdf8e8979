"""`seed_demo`: generate the demo company. Safe to call again: it goes on, or finds nothing to do."""

import argparse
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import DomainError
from integration.demo.seeding import MONTHS, seed_demo

LOGINS = "demo_logins.txt"


class Command(BaseCommand):
    help = "Generate the demo company: two years of business, the same for the same seed."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--company", default="demo", help="code of the company (default: demo)")
        parser.add_argument("--seed", type=int, default=1, help="another number makes another company")
        parser.add_argument("--scale", type=Decimal, default=Decimal(1), help="how much of everything (default: 1)")
        parser.add_argument("--months", type=int, default=MONTHS, help="how far back it starts")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            company = seed_demo(
                code=options["company"],
                seed=options["seed"],
                scale=options["scale"],
                months=options["months"],
                today=timezone.localdate(),
                logins=settings.STATE_DIR / LOGINS,
                progress=lambda done, total: self.stdout.write(f"  month {done} of {total}"),
            )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{company} is ready; the logins are in {settings.STATE_DIR / LOGINS}.")
