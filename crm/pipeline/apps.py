from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PipelineConfig(AppConfig):
    name = "crm.pipeline"
    verbose_name = _("Pipeline")

    def ready(self) -> None:
        from crm.contacts.consequences import activity_changed
        from crm.pipeline import policies  # noqa: F401 - registers who may do what
        from crm.pipeline.handlers import note_next_activity

        activity_changed.register(note_next_activity)
