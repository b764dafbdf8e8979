from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.search import lookups


class SearchConfig(AppConfig):
    name = "core.search"
    verbose_name = _("Search")

    def ready(self) -> None:
        lookups.register()
