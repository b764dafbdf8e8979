"""The admin site of Onebook: for administrators only."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class OnebookAdminSite(admin.AdminSite):
    site_header = _("Onebook administration")
    site_title = _("Onebook administration")
    index_title = _("Records")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(user.is_active and user.is_staff)
