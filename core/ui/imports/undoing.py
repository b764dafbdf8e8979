"""Taking imported records back."""

from django.db import DatabaseError, models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _


def delete_record(record: models.Model) -> str:
    """Delete a record where nothing refers to it. :returns: why it stays, empty when it is gone."""
    try:
        with transaction.atomic():
            record.delete()
    except ProtectedError as error:
        kinds = sorted({str(type(other)._meta.verbose_name_plural) for other in error.protected_objects})
        return _("%(record)s stays: used by %(kinds)s.") % {"record": record, "kinds": ", ".join(kinds)}
    except DatabaseError:
        # A fact that may not be deleted, such as a stage log or a journal line, hangs on it.
        return _("%(record)s stays: facts that cannot be deleted belong to it.") % {"record": record}
    return ""
