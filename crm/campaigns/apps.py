import datetime as dt

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "crm.campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        from core.events.outbox import subscribe
        from core.jobs.schedules import every
        from crm.campaigns import policies  # noqa: F401 - registers who may do what
        from crm.campaigns.events import MailingReleased, MailingTestAsked
        from crm.campaigns.handlers import keep_mailings_going, send_test_mail, start_sending, touches
        from crm.campaigns.operations.attribution import attribute_lead
        from crm.contacts import timeline
        from crm.leads.consequences import lead_written

        lead_written.register(attribute_lead)
        subscribe(MailingReleased, start_sending)
        subscribe(MailingTestAsked, send_test_mail)
        timeline.register(touches)
        every(dt.timedelta(minutes=1), "campaigns.keep_mailings_going", keep_mailings_going)
