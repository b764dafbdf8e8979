"""`create_company CODE NAME --administrator ADDRESS`: the first company of an installation and who may manage it."""

import argparse
import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from core.access.enums import Role
from core.access.models import User
from core.company.invitations import accept_invitation, invitations_of
from core.company.models import Company
from core.company.operations import invite_person
from core.company.tenancy import all_companies
from core.errors import DomainError
from erp.ledger.enums import ChartTemplate
from integration.setup import set_up_company


class Command(BaseCommand):
    help = (
        "Make a company with chart of accounts, warehouse, bank account and pipeline, and its administrator. Called "
        "again with the same code it finds the company and adds the administrator."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("code", help="short code, such as acme")
        parser.add_argument("name")
        parser.add_argument("--administrator", required=True, metavar="ADDRESS", help="mail address of the person")
        parser.add_argument("--person", default="", help="the person's name (default: the address)")
        parser.add_argument("--country", required=True, help="two letters, such as DE")
        parser.add_argument("--currency", required=True, help="three letters, such as EUR")
        parser.add_argument("--chart", default=ChartTemplate.IFRS.value, choices=ChartTemplate.values)
        parser.add_argument("--first-year", type=int, help="first fiscal year (default: this one)")
        parser.add_argument(
            "--first-month", type=int, default=1, choices=range(1, 13), metavar="MONTH",
            help="month in which the fiscal year begins (default: 1); it bears the number of the year in which it ends",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with all_companies(), transaction.atomic():
                company, person = self._make(options)
                if not person.has_usable_password():
                    self._set_password(person)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{company} is ready; {person.email} is its administrator.")

    def _make(self, options: dict[str, Any]) -> tuple[Company, User]:
        now = timezone.now()
        company = set_up_company(
            code=options["code"],
            name=options["name"],
            country=options["country"].upper(),
            currency_code=options["currency"].upper(),
            template=options["chart"],
            first_year=options["first_year"] or now.year,
            fiscal_year_start_month=options["first_month"],
            user=None,
            now=now,
        )
        roles = [Role.ADMINISTRATOR, Role.DIRECTOR]
        person = invite_person(
            company_id=company.pk,
            email=options["administrator"],
            name=options["person"],
            roles=roles,
            user=None,
            now=now,
        )
        if invitations_of(person).filter(company=company, role__in=roles).exists():
            # Who runs commands on the server need not be asked whether they want the company they are making.
            accept_invitation(company_id=company.pk, user=person, roles=roles, now=now)
        return company, person

    def _set_password(self, person: User) -> None:
        """Asked twice at a terminal; read from standard input where there is none."""
        password = self._ask() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        person.set_password(password)
        person.save(update_fields=["password"])

    def _ask(self) -> str:
        password = getpass.getpass("Password of the administrator: ")
        if password != getpass.getpass("Again: "):
            raise CommandError("The two passwords differ; nothing was made.")
        return password
