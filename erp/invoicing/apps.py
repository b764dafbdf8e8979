from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicingConfig(AppConfig):
    name = "erp.invoicing"
    verbose_name = _("Invoicing")

    def ready(self) -> None:
        from erp.invoicing import policies

        policies.register_all()
