"""Customers, suppliers, people and organisations; payment terms and groups."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from core.access.models import User
from core.company.models import Team
from core.parties.duplicates import duplicate_candidates
from core.parties.models import (
    Address,
    BankAccount,
    ContactPoint,
    Party,
    PartyGroup,
    PaymentTerm,
    PaymentTermLine,
    TaxId,
)
from core.parties.operations import activate_party, assign_party, create_party, deactivate_party, update_party
from core.ui.actions import Action, active_switch
from core.ui.badges import Badge
from core.ui.forms import RecordForm
from core.ui.panels import AttributesPanel, LinesPanel, RelatedPanel
from core.ui.registry import register
from core.ui.resource import Caller, Column, LineForm, Menu, PresetView, Resource, SearchIn
from core.ui.resources import party_details as details

SHORTCUTS = {"email": "email", "phone": "phone", "website": "web"}


class PartyForm(RecordForm):
    """A party with its first mail address, phone and website; others are added on its page."""

    email = forms.EmailField(label=_("mail address"), required=False)
    phone = forms.CharField(label=_("phone"), required=False, max_length=40)
    website = forms.CharField(label=_("website"), required=False, max_length=200)
    groups = (
        (_("Who"), ("name", "kind", "email", "phone", "website", "parent", "job_title")),
        (_("Roles"), ("is_customer", "is_supplier", "is_prospect", "is_employee")),
        (_("Terms"), ("payment_term", "currency", "credit_limit", "group", "owner", "team")),
        (_("More"), ("legal_name", "code", "industry", "country", "language", "notes", "active")),
    )

    class Meta:
        model = Party
        fields = (
            "name",
            "kind",
            "legal_name",
            "code",
            "is_customer",
            "is_supplier",
            "is_prospect",
            "is_employee",
            "parent",
            "group",
            "job_title",
            "industry",
            "country",
            "language",
            "currency",
            "payment_term",
            "credit_limit",
            "owner",
            "team",
            "notes",
            "active",
        )

    def prepare(self, caller: Caller, record: Model | None) -> None:
        """Show the first contact point of each kind; the operation replaces it."""
        if not isinstance(record, Party) or self.is_bound:
            return
        points = {
            point.kind: point.value for point in ContactPoint.objects.filter(party=record).order_by("is_primary", "-pk")
        }
        for name, kind in SHORTCUTS.items():
            self.initial[name] = points.get(kind, "")

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()


class AssignForm(forms.Form):
    """What is left empty stays as it is."""

    owner = forms.ModelChoiceField(User.objects.all(), label=_("owner"), required=False)
    team = forms.ModelChoiceField(Team.objects.all(), label=_("team"), required=False)


class DuplicatesPanel(RelatedPanel):
    """Who this might also be."""

    name = "duplicates"
    title = _("Possible duplicates")
    model = Party
    columns = ("name", "code")

    def rows(self, caller: Caller, obj: Any) -> QuerySet[Any]:
        found = duplicate_candidates(company_id=caller.company_id, name=obj.name, exclude_id=obj.pk)
        return Party.objects.filter(pk__in=[candidate.party_id for candidate in found])


def primary(kind: str) -> Subquery:
    points = ContactPoint.objects.filter(party=OuterRef("pk"), kind=kind).order_by("-is_primary", "pk")
    return Subquery(points.values("value")[:1])


@register
class PartyResource(Resource):
    model = Party
    slug = "parties"
    menu = Menu("sales", order=10, icon="address-book", key="p")
    columns = ("name", "code", Column("email", _("Mail")), Column("phone", _("Phone")), "country", "owner", "active")
    more_columns = (
        "legal_name",
        "kind",
        "group",
        "parent",
        "industry",
        "payment_term",
        "credit_limit",
        "created_at",
        "is_customer",
        "is_supplier",
    )
    ordering = "name"
    filters = (
        "kind",
        "is_customer",
        "is_supplier",
        "is_prospect",
        "is_employee",
        "group",
        "country",
        "owner",
        "active",
        "created_at",
    )
    search = True
    files = True
    form, create, update = PartyForm, create_party, update_party
    panels = (
        AttributesPanel(
            fields=(
                "legal_name",
                "code",
                "kind",
                "parent",
                "group",
                "job_title",
                "industry",
                "country",
                "language",
                "owner",
                "team",
                "notes",
            )
        ),
        AttributesPanel(
            name="terms", title=_("Terms"), side="side", fields=("payment_term", "currency", "credit_limit")
        ),
        RelatedPanel(
            name="contacts",
            title=_("Contact points"),
            side="main",
            lazy=False,
            linked=False,
            verb="view",
            model=ContactPoint,
            field="party",
            columns=("kind", "value", "label"),
        ),
        RelatedPanel(
            name="addresses",
            title=_("Addresses"),
            side="main",
            lazy=False,
            linked=False,
            model=Address,
            field="party",
            columns=("kind", "street", "postal_code", "city", "country"),
        ),
        RelatedPanel(
            name="members",
            title=_("People and subsidiaries"),
            model=Party,
            field="parent",
            columns=("name", "job_title"),
        ),
        RelatedPanel(
            name="tax", title=_("Tax ids"), linked=False, model=TaxId, field="party", columns=("country", "number")
        ),
        RelatedPanel(
            name="banks",
            title=_("Bank accounts"),
            linked=False,
            model=BankAccount,
            field="party",
            columns=("iban", "bic"),
        ),
        DuplicatesPanel(),
    )
    actions = (
        Action(
            "add_contact",
            _("Add contact"),
            details.add_contact,
            form=details.ContactPointForm,
            verb="change",
            icon="phone-plus",
            api=False,
        ),
        Action(
            "add_address",
            _("Add address"),
            details.add_address,
            form=details.AddressForm,
            verb="change",
            icon="map-pin-plus",
            api=False,
        ),
        Action(
            "add_tax_id",
            _("Add tax id"),
            details.add_tax_number,
            form=details.TaxIdForm,
            verb="change",
            icon="receipt-tax",
            api=False,
        ),
        Action(
            "add_bank_account",
            _("Add bank account"),
            details.add_bank,
            form=details.BankAccountForm,
            verb="change",
            icon="building-bank",
            step_up=True,
            api=False,
        ),
        Action("assign", _("Assign"), assign_party, form=AssignForm, verb="change", icon="user", bulk=True),
        *active_switch(activate_party, deactivate_party, _("It is offered in no choice any more; documents stay.")),
    )
    saved_views = (
        PresetView("customers", _("Customers"), {"is_customer": "1"}),
        PresetView("suppliers", _("Suppliers"), {"is_supplier": "1"}),
        PresetView("mine", _("Mine"), {"owner": "me"}),
    )

    def queryset(self) -> QuerySet[Party]:
        return Party.objects.annotate(email=primary("email"), phone=primary("phone"))

    def subtitle(self, obj: Party) -> str:
        return obj.code or obj.legal_name

    def status_badge(self, obj: Party) -> Badge | None:
        return None if obj.active else Badge(str(_("Inactive")), "grey")


class PaymentTermForm(RecordForm):
    class Meta:
        model = PaymentTerm
        fields = ("name",)


class PaymentTermLineForm(RecordForm):
    class Meta:
        model = PaymentTermLine
        fields = ("percent", "days", "end_of_month")


@register
class PaymentTermResource(Resource):
    model = PaymentTerm
    slug = "payment-terms"
    search = SearchIn(words=("name",))
    menu = Menu("settings", order=40, icon="calendar-dollar")
    columns = ("name",)
    ordering = "name"
    form = PaymentTermForm
    lines = LineForm(PaymentTermLineForm, min=1, label=_("Instalments"))
    panels = (LinesPanel(title=_("Instalments"), columns=("percent", "days", "end_of_month")),)


class PartyGroupForm(RecordForm):
    class Meta:
        model = PartyGroup
        fields = ("name",)


@register
class PartyGroupResource(Resource):
    model = PartyGroup
    slug = "party-groups"
    search = SearchIn(words=("name",))
    menu = Menu("settings", order=45, icon="users-group")
    columns = ("name",)
    ordering = "name"
    form = PartyGroupForm
    panels = (RelatedPanel(title=_("Members"), model=Party, field="group", columns=("name", "country"), side="main"),)
