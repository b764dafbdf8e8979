"""Writing what became of staged rows: thousands at once, by one statement."""

import json
from collections.abc import Sequence

from django.db import connection

from core.imports.models import StagedRow

_SAVE = """
    UPDATE imports_stagedrow AS r SET outcome = d.outcome, message = d.message, record_label = d.label,
        record_id = d.record, can_create = d.can_create, before = d.before::jsonb
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::boolean[], %s::text[])
        AS d (id, outcome, message, label, record, can_create, before)
    WHERE r.id = d.id
"""


def save_rows(rows: Sequence[StagedRow]) -> None:
    """Outcome, message, record and what the record held before, of every row."""
    if not rows:
        return
    values = [
        (
            row.pk,
            str(row.outcome),
            row.message,
            row.record.label if row.record else "",
            row.record.id if row.record else None,
            row.can_create,
            None if row.before is None else json.dumps(row.before),
        )
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, [list(column) for column in zip(*values, strict=True)])
