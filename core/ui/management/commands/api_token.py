"""`manage.py api_token USER`: print a new bearer token of a user."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.access.models import User
from core.errors import DomainError
from core.ui.tokens import create_token


class Command(BaseCommand):
    help = "Print a new API token of a user, given by mail address. It is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="mail address")
        parser.add_argument("--name", default="command line")
        parser.add_argument("--scopes", default="read write", help='words such as "read" or "deals:write"')
        parser.add_argument("--days", type=int, default=None, help="days until it expires")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['user']}.")
        try:
            _token, secret = create_token(
                user=user,
                now=timezone.now(),
                name=options["name"],
                scopes=options["scopes"],
                days=options["days"],
            )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(secret)
