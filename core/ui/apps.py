from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "core.ui"
    verbose_name = _("Screens")

    def ready(self) -> None:
        # Every app's declarations, in the order of INSTALLED_APPS: lower floors first, so upper ones can extend them.
        autodiscover_modules("resources")
