"""The same request twice makes one record. The key's row is written in the transaction that does the work: a second
request with the key waits for the first and then answers what the first one answered."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.files import File
from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core.documents.models import IdempotencyKey
from core.documents.references import RecordRef
from core.errors import IdempotencyMismatchError, InvalidInputError
from core.ui.resource import Caller

MAX_KEY = 120

_CLAIM = """
    INSERT INTO documents_idempotencykey
        (company_id, user_id, scope, key, fingerprint, record_label, record_id, created_at)
    VALUES (%s, %s, %s, %s, %s, '', NULL, %s)
    ON CONFLICT (company_id, user_id, scope, key) DO NOTHING
    RETURNING id
"""


KEPT = dt.timedelta(days=7)


def forget_old_keys(now: dt.datetime) -> None:
    """Drop what was answered more than seven days ago; scheduled, harmless to run again."""
    with transaction.atomic():
        IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()


def fingerprint(values: Any) -> str:
    """A digest of a request's meaning: the same values in another order are the same request."""
    text = json.dumps(values, sort_keys=True, default=_meaning, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _meaning(value: Any) -> str:
    """A value as text; of a file its name and what is in it."""
    if not isinstance(value, File):
        return str(value)
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return f"{value.name} {digest.hexdigest()}"


def once(
    caller: Caller, *, scope: str, key: str, values: Mapping[str, Any], act: Callable[[], Model]
) -> tuple[Model, bool]:
    """Do `act` once for this key. Answers the record and whether it was there already.

    :raises IdempotencyMismatchError: when the key was used with other values.
    :raises InvalidInputError: for an overlong key.
    """
    if len(key) > MAX_KEY or "\x00" in key:
        raise InvalidInputError(_("An idempotency key has at most 120 characters."), code="invalid_idempotency_key")
    digest = fingerprint(values)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [caller.company_id, caller.user.pk, scope, key, digest, caller.now])
        claimed = cursor.fetchone()
    if claimed is None:
        return _answered(caller, scope, key, digest), True
    record = act()
    ref = RecordRef.of(record)
    IdempotencyKey.objects.filter(pk=claimed[0]).update(record_label=ref.label, record_id=ref.id)
    return record, False


def _answered(caller: Caller, scope: str, key: str, digest: str) -> Model:
    stored = IdempotencyKey.objects.get(company_id=caller.company_id, user_id=caller.user.pk, scope=scope, key=key)
    ref: RecordRef | None = stored.record
    record = ref.resolve() if ref is not None and stored.fingerprint == digest else None
    if record is None:
        raise IdempotencyMismatchError(
            _("This was already saved with other values."),
            hint=_("Open the saved record, or send the new values under a new key."),
            params={"record_id": ref.id} if ref is not None else None,
        )
    return record
