from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PurchasingConfig(AppConfig):
    name = "erp.purchasing"
    verbose_name = _("Purchasing")

    def ready(self) -> None:
        # Policies and consequences register themselves once the models are there.
        from erp.purchasing import handlers, policies

        policies.register_all()
        handlers.connect()
