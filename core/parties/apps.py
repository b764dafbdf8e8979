from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartiesConfig(AppConfig):
    name = "core.parties"
    verbose_name = _("Parties")

    def ready(self) -> None:
        from core.parties import policies  # noqa: F401 - registers them
