"""Taking imported records back."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Model, ProtectedError
from django.utils.translation import gettext as _

from core.imports.models import StagedRow


def delete_unreferenced(rows: Sequence[StagedRow]) -> None:
    """Delete each row's record where nothing refers to it; say on the row what had to stay."""
    for row in rows:
        record = row.record.resolve() if row.record else None
        if record is None:
            continue
        row.undo_note = _delete(record)


def _delete(record: Model) -> str:
    try:
        with transaction.atomic():
            record.delete()
    except ProtectedError as error:
        kinds = sorted({str(type(other)._meta.verbose_name_plural) for other in error.protected_objects})
        return _("%(record)s stays: used by %(kinds)s.") % {"record": record, "kinds": ", ".join(kinds)}
    return ""
