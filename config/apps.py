"""Django admin, served to administrators under the same sign-in as every other page."""

from django.contrib.admin.apps import AdminConfig


class AdminSite(AdminConfig):
    default_site = "config.admin.OnebookAdminSite"
