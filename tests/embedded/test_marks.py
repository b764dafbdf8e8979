"""The digests that decide whether a slow step of the start is done again."""

import shutil
from pathlib import Path

import psycopg
import pytest

from core.embedded import marks
from core.embedded.postgres import OWNER_ROLE, PostgresServer


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(marks, "PROJECT", tmp_path)
    for name in ("static/app.css", "core/ui/static/ui.js", "core/company/migrations/0001_initial.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text("one")
    (tmp_path / "requirements.lock").write_text("one")
    return tmp_path


@pytest.mark.parametrize("changed", ["static/app.css", "core/ui/static/ui.js", "requirements.lock"])
def test_a_changed_static_source_changes_the_mark(project: Path, changed: str) -> None:
    before = marks.static_mark()
    assert marks.static_mark() == before
    (project / changed).write_text("another")
    assert marks.static_mark() != before


def test_a_removed_static_source_changes_the_mark(project: Path) -> None:
    before = marks.static_mark()
    shutil.rmtree(project / "core/ui/static")
    assert marks.static_mark() != before


def test_code_and_database_both_count_for_the_schema(project: Path, postgres: PostgresServer) -> None:
    dsn = postgres.url(OWNER_ROLE)
    found = [marks.schema_mark(dsn)]
    assert marks.schema_mark(dsn) == found[0]
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE django_migrations (id int, app text, name text)")
        connection.execute("INSERT INTO django_migrations VALUES (1, 'company', '0001_initial')")
        try:
            found.append(marks.schema_mark(dsn))
            connection.execute("INSERT INTO django_migrations VALUES (2, 'company', '0002_later')")
            found.append(marks.schema_mark(dsn))
            (project / "core/company/migrations/0002_later.py").write_text("two")
            found.append(marks.schema_mark(dsn))
            (project / "core/company/migrations/0002_later.py").write_text("edited")
            found.append(marks.schema_mark(dsn))
            (project / "requirements.lock").write_text("other packages")
            found.append(marks.schema_mark(dsn))
        finally:
            connection.execute("DROP TABLE django_migrations")
    assert len(set(found)) == len(found)
