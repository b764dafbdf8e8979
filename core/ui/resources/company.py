"""What a company sets up for itself: teams, exchange rates, working calendars."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.access.enums import Role
from core.access.policies import policy_of
from core.company.models import CurrencyRate, Membership, Team, WorkingCalendar, WorkingWindow
from core.ui.forms import RecordForm
from core.ui.nav import Page, register_page
from core.ui.panels import AttributesPanel, LinesPanel
from core.ui.registry import register
from core.ui.resource import LineForm, Menu, Resource, SearchIn

WHO_SEES_PEOPLE = frozenset(role for role in Role if policy_of(Membership).scope(role, "view"))

register_page(Page("settings", _("People"), "ui:people", order=10, icon="users", roles=WHO_SEES_PEOPLE))
register_page(Page("settings", _("Access"), "ui:access", order=15, icon="lock", roles=WHO_SEES_PEOPLE))


class TeamForm(RecordForm):
    class Meta:
        model = Team
        fields = ("name", "lead")


@register
class TeamResource(Resource):
    model = Team
    slug = "teams"
    search = SearchIn(words=("name",))
    menu = Menu("settings", order=20, icon="users")
    columns = ("name", "lead")
    ordering = "name"
    form = TeamForm
    panels = (AttributesPanel(fields=("lead",)),)


class CurrencyRateForm(RecordForm):
    class Meta:
        model = CurrencyRate
        fields = ("currency", "date", "rate")


@register
class CurrencyRateResource(Resource):
    model = CurrencyRate
    slug = "currency-rates"
    search = SearchIn(words=("currency__code", "currency__name", "date"))
    menu = Menu("settings", order=30, icon="arrows-exchange")
    columns = ("date", "currency", "rate", "source")
    ordering = "-date"
    filters = ("currency", "date", "source")
    form = CurrencyRateForm
    panels = (AttributesPanel(fields=("currency", "date", "rate", "source")),)


class WorkingCalendarForm(RecordForm):
    class Meta:
        model = WorkingCalendar
        fields = ("name", "time_zone")


class WorkingWindowForm(RecordForm):
    class Meta:
        model = WorkingWindow
        fields = ("weekday", "starts_at", "ends_at")


@register
class WorkingCalendarResource(Resource):
    model = WorkingCalendar
    slug = "working-calendars"
    search = SearchIn(words=("name",))
    menu = Menu("settings", order=35, icon="calendar-time")
    columns = ("name", "time_zone")
    ordering = "name"
    form = WorkingCalendarForm
    lines = LineForm(WorkingWindowForm, name="windows", label=_("Working hours"))
    panels = (
        AttributesPanel(fields=("time_zone",)),
        LinesPanel(
            name="windows", title=_("Working hours"), relation="windows", columns=("weekday", "starts_at", "ends_at")
        ),
        LinesPanel(name="holidays", title=_("Holidays"), relation="holidays", columns=("date", "name")),
    )
