from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "core.documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        from core.documents import policies  # noqa: F401 - registers them
        from core.documents.papers import PaperFrozen, print_frozen_paper
        from core.events.outbox import subscribe

        subscribe(PaperFrozen, print_frozen_paper)
