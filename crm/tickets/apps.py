from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "crm.tickets"
    verbose_name = _("Tickets")

    def ready(self) -> None:
        from crm.contacts import timeline
        from crm.tickets import policies  # noqa: F401 - registers who may do what
        from crm.tickets.handlers import connect
        from crm.tickets.providers import tickets_of

        timeline.register(tickets_of)
        connect()
