"""Papers, files and numbers. A file or paper is seen through its record; these are for the admin's own lists."""

from core.access.enums import Role
from core.access.policies import register
from core.documents.models import Attachment, FrozenPaper, PrintedPaper, Sequence

READERS = {Role.AUDITOR: "view:company", Role.ADMINISTRATOR: "view:company", Role.FINANCE_MANAGER: "view:company"}

for model in (Attachment, FrozenPaper, PrintedPaper, Sequence):
    register(model, grants=READERS)
