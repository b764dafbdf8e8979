"""Companies, the people in them, currencies with dated rates, and working calendars."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.access.enums import Role
from core.company.countries import validate_country
from core.company.enums import RateSource, TaxRounding, Weekday
from core.fields import RateField


class Currency(models.Model):
    """A currency by its ISO 4217 code, with the number of decimals of its minor unit."""

    code = models.CharField(_("code"), max_length=3, primary_key=True, validators=[RegexValidator(r"^[A-Z]{3}$")])
    name = models.CharField(_("name"), max_length=60)
    symbol = models.CharField(_("symbol"), max_length=6, blank=True)
    minor_units = models.PositiveSmallIntegerField(_("decimals"), default=2, validators=[MaxValueValidator(4)])

    class Meta:
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code

    @property
    def quantum(self) -> Decimal:
        """The smallest amount: 0.01 for two decimals."""
        return Decimal(1).scaleb(-self.minor_units)


class Company(models.Model):
    """A legal entity that keeps its own book.

    `is_demo` is set when the company is made and never after: a demo company may be dropped whole, no other can.
    """

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, validators=[validate_country])
    currency = models.ForeignKey(Currency, models.PROTECT, verbose_name=_("currency"), related_name="+")
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    address = models.TextField(_("address"), blank=True)
    email = models.EmailField(_("mail address"), blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    fiscal_year_start_month = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    tax_rounding = models.CharField(_("tax rounding"), max_length=8, choices=TaxRounding, default=TaxRounding.DOCUMENT)
    is_demo = models.BooleanField(_("demo company"), default=False, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class CompanyOwned(models.Model):
    """Base of every row that belongs to a company. The database hides it from everybody else (see tenancy.py)."""

    company = models.ForeignKey(Company, models.PROTECT, verbose_name=_("company"), related_name="+", editable=False)

    class Meta:
        abstract = True


class Team(CompanyOwned):
    """People who share their records: a "team" scope reaches whatever belongs to the team."""

    name = models.CharField(_("name"), max_length=80)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=pgettext_lazy("of a team", "lead"),
        related_name="+",
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("name",)
        constraints = [models.UniqueConstraint("company", "name", name="company_team_name")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role in a company. Several roles are several rows.

    :ivar accepted_at: empty while the person, who had an account already, has not accepted. Until then the role gives
        nothing, and nobody in the company sees the person's name.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="memberships"
    )
    company = models.ForeignKey(Company, models.CASCADE, verbose_name=_("company"), related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, verbose_name=_("team"), related_name="memberships"
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ("company", "user", "role")
        constraints = [models.UniqueConstraint("user", "company", "role", name="company_membership_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class CurrencyRate(CompanyOwned):
    """One unit of `currency` is worth `rate` units of the company's currency, from `date` on."""

    currency = models.ForeignKey(Currency, models.PROTECT, verbose_name=_("currency"), related_name="+")
    date = models.DateField(_("date"))
    rate = RateField(_("rate"), help_text=_("Units of the company's currency for one unit."))
    source = models.CharField(_("source"), max_length=10, choices=RateSource, default=RateSource.MANUAL)

    class Meta:
        verbose_name = _("currency rate")
        verbose_name_plural = _("currency rates")
        ordering = ("-date", "currency")
        constraints = [
            models.UniqueConstraint("company", "currency", "date", name="company_rate_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="company_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency_id} {self.date}: {self.rate}"


class WorkingCalendar(CompanyOwned):
    """Working hours in one time zone: any number of windows a weekday, less the holidays."""

    name = models.CharField(_("name"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")

    class Meta:
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")
        ordering = ("name",)
        constraints = [models.UniqueConstraint("company", "name", name="company_calendar_name")]

    def __str__(self) -> str:
        return self.name


class WorkingWindow(CompanyOwned):
    """From when to when people work on a weekday, in the calendar's local time. A lunch break is two windows."""

    calendar = models.ForeignKey(
        WorkingCalendar, models.CASCADE, verbose_name=_("working calendar"), related_name="windows"
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("to"))

    class Meta:
        verbose_name = _("working window")
        verbose_name_plural = _("working windows")
        ordering = ("calendar", "weekday", "starts_at")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="company_window_forward"),
            models.UniqueConstraint("calendar", "weekday", "starts_at", name="company_window_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts_at:%H:%M}–{self.ends_at:%H:%M}"


class Holiday(CompanyOwned):
    """A day on which a calendar has no working hours."""

    calendar = models.ForeignKey(
        WorkingCalendar, models.CASCADE, verbose_name=_("working calendar"), related_name="holidays"
    )
    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ("date",)
        constraints = [models.UniqueConstraint("calendar", "date", name="company_holiday_once")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
