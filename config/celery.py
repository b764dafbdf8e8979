"""Celery carries hints only: every job that matters is a row in the database (see core/events)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("onebook")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {"tick": {"task": "core.jobs.tasks.tick", "schedule": 15.0}}
