from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompanyConfig(AppConfig):
    name = "core.company"
    verbose_name = _("Companies")

    def ready(self) -> None:
        from core.company import policies  # noqa: F401 - registers them
