from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "erp.ledger"
    verbose_name = _("General ledger")

    def ready(self) -> None:
        from erp.ledger import policies, schedules

        policies.register_all()
        schedules.register_all()
