"""Wiring. Whatever process loads the settings gets our Celery app, so that hints go to our broker and no other."""

from config.celery import app as celery_app

__all__ = ("celery_app",)
