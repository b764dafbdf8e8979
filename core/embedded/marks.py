"""Digests that change when a slow step of the start has to be done again."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import psycopg

from core.embedded.state import PROJECT

SOURCES = ("config", "core", "crm", "erp", "integration", "reporting")
LOCK = "requirements.lock"
STATIC_SUFFIXES = {".css", ".js", ".svg", ".png", ".ico", ".woff2", ".webmanifest"}


def _digest(files: Iterable[Path], *more: str) -> str:
    """Of names, sizes and times of the files, of the installed packages, and of what else is given."""
    digest = hashlib.sha256("\n".join(more).encode())
    for path in sorted([*files, PROJECT / LOCK]):
        status = path.stat()
        digest.update(f"{path.relative_to(PROJECT)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def static_mark() -> str:
    """Changes when a static file or the packages that bring some do."""
    places = [PROJECT / "static", *(path for name in SOURCES for path in (PROJECT / name).glob("*/static"))]
    return _digest(path for place in places for path in place.rglob("*") if path.suffix in STATIC_SUFFIXES)


def schema_mark(dsn: str) -> str:
    """Changes when a migration is written or edited, packages change, or the database's list of migrations does."""
    migrations = (path for name in SOURCES for path in (PROJECT / name).glob("**/migrations/*.py"))
    with psycopg.connect(dsn, connect_timeout=10) as connection:
        database = connection.execute("SELECT current_database(), current_setting('server_version')").fetchall()
        applied: list[tuple[object, ...]] = []
        if connection.execute("SELECT to_regclass('django_migrations')").fetchone() != (None,):
            applied = connection.execute("SELECT id, app, name FROM django_migrations ORDER BY id").fetchall()
    return _digest(migrations, repr(database), repr(applied))
