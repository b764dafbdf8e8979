"""Every process of production writes one JSON object a line: set up by the settings alone, taken over by nobody."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]

# As gunicorn does with --preload: its logger first, then the application, then its first words.
WEB = """
import logging
from gunicorn.config import Config
from gunicorn.glogging import Logger
server = Logger(Config())
import config.wsgi
server.info("Starting")
"""
# As `celery worker` does before it says anything.
WORKER = """
import logging
from config.celery import app
app.loader.init_worker()
app.log.setup(loglevel="INFO")
logging.getLogger("celery.apps.worker").info("Starting")
"""


@pytest.mark.parametrize(("program", "logger"), [(WEB, "gunicorn.error"), (WORKER, "celery.apps.worker")])
def test_every_program_logs_json(tmp_path: Path, program: str, logger: str) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "ONEBOOK_STATE": str(tmp_path),
        "STATIC_ROOT": str(tmp_path),
        "SECRET_KEY": "k" * 50,
    }
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    lines: list[dict[str, Any]] = [json.loads(line) for line in done.stderr.splitlines()]
    assert (done.returncode, done.stdout) == (0, "")
    assert [(line["event"], line["level"], line["logger"]) for line in lines] == [("Starting", "info", logger)]
