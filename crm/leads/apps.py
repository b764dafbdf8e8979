from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeadsConfig(AppConfig):
    name = "crm.leads"
    verbose_name = _("Leads")

    def ready(self) -> None:
        from crm.contacts import timeline
        from crm.contacts.consequences import activity_changed
        from crm.leads import policies  # noqa: F401 - registers who may do what
        from crm.leads.handlers import lead_behind_deal, note_next_activity

        activity_changed.register(note_next_activity)
        timeline.register(lead_behind_deal)
