import datetime as dt

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "core.ui"
    verbose_name = _("Screens")

    def ready(self) -> None:
        # Every app's declarations, in the order of INSTALLED_APPS: lower floors first, so upper ones can extend them.
        autodiscover_modules("resources")
        autodiscover_modules("import_kinds")
        # Models may only be imported once every app stands.
        from core.jobs.schedules import every
        from core.ui.idempotency import forget_old_keys
        from core.ui.record_files import add_standard_panels
        from core.ui.registry import all_resources

        add_standard_panels(all_resources())
        every(dt.timedelta(hours=6), "ui.forget_old_keys", forget_old_keys)
