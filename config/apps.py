"""Apps of Django's own, set up for this house."""

from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class AdminSite(AdminConfig):
    """Django admin, served to administrators under the same sign-in as every other page."""

    default_site = "core.ui.administration.OnebookAdminSite"

    def ready(self) -> None:
        super().ready()
        from django.contrib.admin import site

        site.complete()  # type: ignore[attr-defined]  # the site is ours, see default_site


class StaticFiles(StaticFilesConfig):
    """Collects what our pages ask for: not the files of packages whose screens we do not use."""

    ignore_patterns = [  # type: ignore[assignment]
        *StaticFilesConfig.ignore_patterns,
        "django_htmx",
        "django_tables2",
        "rest_framework",
    ]
