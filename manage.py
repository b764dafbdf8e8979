#!/usr/bin/env python
"""Command line of Onebook. Commands that change the schema connect as the owner role, all others as the app role."""

import os
import sys

from core.embedded.environment import load_environment

OWNER_COMMANDS = {"migrate", "makemigrations", "drop_demo_company", "pgtrigger"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    load_environment()
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["ONEBOOK_DB_ROLE"] = "owner"
    # Django reads the settings when it is imported, so the role has to stand in the environment first.
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
