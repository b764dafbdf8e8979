from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "core.imports"
    verbose_name = _("Imports")

    def ready(self) -> None:
        from core.imports import policies  # noqa: F401 - registers who may do what
