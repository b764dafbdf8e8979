from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "erp.orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        # Policies, screens and consequences register themselves once the models are there.
        from erp.orders import handlers, policies

        policies.register_all()
        handlers.connect()
