"""What people set up for their screens, and the tokens with which programs call the API."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.company.models import CompanyOwned, Team
from core.ui.enums import ViewScope


class SavedView(CompanyOwned):
    """Filters, search, order and columns of a list under a name, shown as a tab.

    :ivar params: list parameters as a query string; only what the list's own filters accept was stored.
    :ivar columns: names of columns in order; empty means the list's default ones.
    :ivar scope: who sees it: its owner, the owner's team, or the company.
    :ivar is_default: opened when its owner, or everybody for a company view, comes to the list asking for nothing.
    """

    resource = models.CharField(_("list"), max_length=60)
    name = models.CharField(_("name"), max_length=80)
    params = models.TextField(_("parameters"), blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    scope = models.CharField(_("seen by"), max_length=8, choices=ViewScope, default=ViewScope.PRIVATE)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("owner"), related_name="saved_views"
    )
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, verbose_name=_("team"), related_name="+")
    is_default = models.BooleanField(_("opens first"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("scope", "name")
        constraints = [
            models.UniqueConstraint("company", "owner", "resource", "name", name="ui_savedview_name"),
            models.UniqueConstraint(
                "company",
                "owner",
                "resource",
                condition=Q(is_default=True, scope=ViewScope.PRIVATE),
                name="ui_savedview_one_default",
            ),
        ]
        indexes = [models.Index("company", "resource", name="ui_savedview_by_list")]

    def __str__(self) -> str:
        return self.name


class ListChoice(CompanyOwned):
    """The columns one person chose for one list."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="list_choices"
    )
    resource = models.CharField(_("list"), max_length=60)
    columns = models.JSONField(_("columns"), default=list)

    class Meta:
        verbose_name = _("choice of columns")
        verbose_name_plural = _("choices of columns")
        constraints = [models.UniqueConstraint("company", "user", "resource", name="ui_listchoice_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.resource}"


class ApiToken(models.Model):
    """A bearer token of a user. Only its SHA-256 is stored; the token itself is shown once.

    :ivar scopes: words such as `read`, `write`, `parties:read`, `deals:write`; `read write` reaches everything that the
        user's roles reach, never more.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="api_tokens"
    )
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=12)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)
    scopes = models.CharField(_("scopes"), max_length=500, default="read write")
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.prefix}… · {self.name}"
