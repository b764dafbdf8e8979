from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BankingConfig(AppConfig):
    name = "erp.banking"
    verbose_name = _("Banking")

    def ready(self) -> None:
        from erp.banking import handlers, policies

        policies.register_all()
        handlers.connect()
