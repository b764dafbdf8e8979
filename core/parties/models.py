"""The one record of whoever we deal with: customer, supplier, prospect, employee; a person or an organisation."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.company.countries import validate_country
from core.company.models import CompanyOwned, Currency, Team
from core.documents.models import Document, Record, unique_external_id
from core.fields import AmountField, RateField
from core.parties.enums import AddressKind, ContactKind, PartyKind
from core.search.triggers import searchable


@tracked
class PaymentTerm(Record):
    """When an invoice falls due: instalments by share, each after a number of days."""

    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("payment term")
        verbose_name_plural = _("payment terms")
        ordering = ("name",)
        constraints = [
            unique_external_id("parties_paymentterm"),
            models.UniqueConstraint("company", "name", name="parties_paymentterm_name"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class PaymentTermLine(CompanyOwned):
    """One instalment: `percent` of the total, due `days` after the invoice date. The last takes the remainder."""

    term = models.ForeignKey(PaymentTerm, models.CASCADE, verbose_name=_("payment term"), related_name="lines")
    percent = RateField(_("percent"), validators=[MinValueValidator(0)])
    days = models.PositiveSmallIntegerField(_("days"), default=0)
    end_of_month = models.BooleanField(_("from the end of the month"), default=False)

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ("term", "days", "id")

    def __str__(self) -> str:
        return f"{self.percent} % · {self.days}"


@tracked
class PartyGroup(Record):
    """A group of parties that shares prices or campaigns."""

    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("party group")
        verbose_name_plural = _("party groups")
        ordering = ("name",)
        constraints = [
            unique_external_id("parties_partygroup"),
            models.UniqueConstraint("company", "name", name="parties_partygroup_name"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class Party(Record):
    """A person or an organisation. Roles are flags, so a supplier who buys is one party.

    :ivar parent: the organisation a person works for, or the parent of a subsidiary.
    :ivar credit_limit: in the company's currency; empty means none is set.
    :ivar active: an inactive party is offered in no choice, but its documents stay.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=PartyKind, default=PartyKind.ORGANISATION)
    name = models.CharField(_("name"), max_length=200)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    code = models.CharField(_("code"), max_length=40, blank=True)
    is_customer = models.BooleanField(_("customer"), default=False)
    is_supplier = models.BooleanField(_("supplier"), default=False)
    is_prospect = models.BooleanField(_("prospect"), default=False)
    is_employee = models.BooleanField(_("employee"), default=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("belongs to"), related_name="members"
    )
    group = models.ForeignKey(
        PartyGroup, models.SET_NULL, null=True, blank=True, verbose_name=_("group"), related_name="parties"
    )
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    industry = models.CharField(_("industry"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[validate_country])
    language = models.CharField(_("language"), max_length=10, blank=True, choices=settings.LANGUAGES)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, blank=True, verbose_name=_("currency"), related_name="+"
    )
    payment_term = models.ForeignKey(
        PaymentTerm, models.PROTECT, null=True, blank=True, verbose_name=_("payment term"), related_name="parties"
    )
    credit_limit = AmountField(_("credit limit"), null=True, blank=True, validators=[MinValueValidator(0)])
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("owner"), related_name="+"
    )
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, verbose_name=_("team"), related_name="+")
    notes = models.TextField(_("notes"), blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ("name", "id")
        constraints = [
            unique_external_id("parties_party"),
            models.UniqueConstraint("company", "code", condition=~Q(code=""), name="parties_party_code"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="parties_party_not_own_parent"),
        ]
        indexes = [
            models.Index("company", "name", name="parties_party_by_name"),
            models.Index("company", "owner", name="parties_party_by_owner"),
            models.Index("parent", name="parties_party_members"),
        ]
        triggers = [*searchable(title="name", subtitle="code", words=("legal_name", "code"))]

    def __str__(self) -> str:
        return self.name


@tracked
class ContactPoint(Record):
    """A mail address, phone number or website of a party. Phones are stored in E.164, mail in lower case."""

    party = models.ForeignKey(Party, models.CASCADE, verbose_name=_("party"), related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=8, choices=ContactKind)
    value = models.CharField(_("value"), max_length=250)
    label = models.CharField(_("label"), max_length=60, blank=True)
    is_primary = models.BooleanField(_("primary"), default=False)

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ("party", "kind", "-is_primary", "id")
        constraints = [
            unique_external_id("parties_contactpoint"),
            models.UniqueConstraint("party", "kind", "value", name="parties_contactpoint_once"),
        ]
        indexes = [models.Index("company", "value", name="parties_contactpoint_value")]
        triggers = [
            *searchable(
                title="(SELECT p.name FROM parties_party p WHERE p.id = NEW.party_id)",
                subtitle="value",
                words=("value",),
                target=("parties.party", "party_id"),
            )
        ]

    def __str__(self) -> str:
        return self.value


@tracked
class Address(Record):
    """A postal address of a party."""

    party = models.ForeignKey(Party, models.CASCADE, verbose_name=_("party"), related_name="addresses")
    kind = models.CharField(_("kind"), max_length=8, choices=AddressKind, default=AddressKind.MAIN)
    name = models.CharField(_("addressee"), max_length=200, blank=True)
    street = models.CharField(_("street"), max_length=250, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[validate_country])

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ("party", "kind", "id")
        constraints = [unique_external_id("parties_address")]

    def __str__(self) -> str:
        return ", ".join(
            part for part in (self.street, f"{self.postal_code} {self.city}".strip(), self.country) if part
        )


@tracked
class TaxId(Record):
    """A tax number of a party in a country, checked by its checksum and stored in compact form."""

    party = models.ForeignKey(Party, models.CASCADE, verbose_name=_("party"), related_name="tax_ids")
    country = models.CharField(_("country"), max_length=2, validators=[validate_country])
    number = models.CharField(_("number"), max_length=40)

    class Meta:
        verbose_name = _("tax id")
        verbose_name_plural = _("tax ids")
        ordering = ("party", "country")
        constraints = [
            unique_external_id("parties_taxid"),
            models.UniqueConstraint("party", "country", "number", name="parties_taxid_once"),
        ]
        indexes = [models.Index("company", "number", name="parties_taxid_number")]
        triggers = [
            *searchable(
                title="(SELECT p.name FROM parties_party p WHERE p.id = NEW.party_id)",
                subtitle="number",
                words=("number",),
                target=("parties.party", "party_id"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.number}"


@tracked
class BankAccount(Record):
    """A bank account of a party; the IBAN is checked by its checksum."""

    party = models.ForeignKey(Party, models.CASCADE, verbose_name=_("party"), related_name="bank_accounts")
    iban = models.CharField(_("IBAN or account number"), max_length=40)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    bank_name = models.CharField(_("bank"), max_length=120, blank=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, blank=True, verbose_name=_("currency"), related_name="+"
    )

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ("party", "id")
        constraints = [
            unique_external_id("parties_bankaccount"),
            models.UniqueConstraint("party", "iban", name="parties_bankaccount_once"),
        ]

    def __str__(self) -> str:
        return self.iban


class PartyDocument(Document):
    """A document with a counterparty."""

    party = models.ForeignKey(Party, models.PROTECT, verbose_name=_("party"), related_name="+")

    class Meta:
        abstract = True
