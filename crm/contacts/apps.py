from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "crm.contacts"
    verbose_name = _("Contacts")

    def ready(self) -> None:
        from crm.contacts import (
            policies,  # noqa: F401 - registers who may do what
            timeline,
        )
        from crm.contacts.providers import changes, interactions

        timeline.register(interactions)
        timeline.register(changes)
