from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InventoryConfig(AppConfig):
    name = "erp.inventory"
    verbose_name = _("Inventory")

    def ready(self) -> None:
        # Policies and periodic work register themselves once the models are there.
        from erp.inventory import policies, schedules

        policies.register_all()
        schedules.register_all()
