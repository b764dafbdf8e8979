"""States of a document as a table: what may follow what. Only operations and postings walk it."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from core.errors import WrongStateError


class Transitions:
    """`Transitions({DRAFT: (CONFIRMED, CANCELLED), CONFIRMED: (DONE,)})`. What is not listed is final."""

    def __init__(self, table: Mapping[str, Iterable[str]]) -> None:
        self.table = {str(source): frozenset(str(target) for target in targets) for source, targets in table.items()}

    def allows(self, source: str, target: str) -> bool:
        return str(target) in self.table.get(str(source), frozenset())

    def require(self, document: object, target: str) -> None:
        """:raises WrongStateError: when the document's status does not lead to `target`."""
        status = str(document.status)  # type: ignore[attr-defined]
        if not self.allows(status, target):
            raise WrongStateError(
                _("%(document)s is %(status)s; this cannot be done now.")
                % {"document": document, "status": document.get_status_display()},  # type: ignore[attr-defined]
                params={"status": status, "wanted": str(target)},
            )
