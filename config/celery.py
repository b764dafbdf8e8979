"""Celery carries hints only: every job that matters is a row in the database (see core/events)."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("onebook")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# A tick that nobody took while the workers were away is worth nothing when the next one is there.
app.conf.beat_schedule = {"tick": {"task": "core.jobs.tasks.tick", "schedule": 15.0, "options": {"expires": 60}}}


@setup_logging.connect
def keep_logging(**_: Any) -> None:
    """Whoever listens here takes the set-up of logs out of Celery's hands: Django's settings have made it already."""


@task_prerun.connect
@task_postrun.connect
def keep_connection(**_: Any) -> None:
    """Do between tasks what Django does between requests: keep the database connection while it is young and sound.
    Celery itself would connect anew for every task, which takes longer than most of them."""
    close_old_connections()
