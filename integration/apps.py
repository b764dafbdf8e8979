from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationConfig(AppConfig):
    name = "integration"
    verbose_name = _("Integration")

    def ready(self) -> None:
        from core.imports.registry import register
        from core.ui.notices import register_notice
        from crm.pipeline.consequences import deal_won
        from erp.orders.consequences import quotation_accepted
        from integration import resources  # noqa: F401 - extends the screens of both wings
        from integration.demo import seeding  # noqa: F401 - registers its job
        from integration.demo.notices import demo_notice
        from integration.imports.crm_pipeline import CrmPipeline
        from integration.imports.northwind import Northwind
        from integration.operations import order_won_deal, win_deal_of_quotation

        deal_won.register(order_won_deal)
        quotation_accepted.register(win_deal_of_quotation)
        register_notice(demo_notice)
        register(Northwind())
        register(CrmPipeline())
