from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "core.catalog"
    verbose_name = _("Catalog")

    def ready(self) -> None:
        from core.catalog import policies  # noqa: F401 - registers them
