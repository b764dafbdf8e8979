"""`seed_demo`: generate the demo company. Safe to call again: it goes on, or finds nothing to do."""

import argparse
import gc
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import DomainError
from core.jobs.enums import JobStatus
from integration.demo.people import LOGINS
from integration.demo.seeding import MONTHS, Plan, seed_demo


class Command(BaseCommand):
    help = "Generate the demo company: two years of business, the same for the same seed."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--company", default="demo", help="code of the company (default: demo)")
        parser.add_argument("--seed", type=int, default=1, help="another number makes another company")
        parser.add_argument("--scale", type=Decimal, default=Decimal(1), help="how much of everything (default: 1)")
        parser.add_argument("--months", type=int, default=MONTHS, help="how far back it starts")

    def handle(self, *args: Any, **options: Any) -> None:
        gc.freeze()  # modules and classes stay; the collector need not look at them again and again
        logins = settings.STATE_DIR / LOGINS
        plan = Plan(options["seed"], options["scale"], options["months"], timezone.localdate())
        try:
            run = seed_demo(code=options["company"], plan=plan, logins=logins)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        if run.status != JobStatus.DONE:
            raise CommandError(f"{run.done} of {run.total} parts are loaded: {run.summary or run.get_status_display()}")
        self.stdout.write(f"{options['company']} is ready; the logins are in {logins}.")
