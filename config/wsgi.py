"""WSGI entry point: what a request may need is imported here, once, before gunicorn splits into processes."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Modules and classes live as long as the process: looking for garbage among them costs a fifth of the start, and every
# look after the split would copy the pages that the processes share.
gc.disable()
application = get_wsgi_application()
import_module("config.urls")
gc.freeze()
# A page makes thousands of objects and leaves next to none behind; at the default of 700 the collector looks at them in
# the middle of every page.
gc.set_threshold(25_000, 20, 20)
gc.enable()
