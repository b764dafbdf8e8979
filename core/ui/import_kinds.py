"""Imports of parties and items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.catalog.models import Unit
from core.company.countries import country_names
from core.imports.dataset import Option
from core.imports.registry import register
from core.parties.duplicates import duplicate_candidates
from core.ui.imports.kind import ImportField, Lookalike, ResourceImport
from core.ui.resource import Caller

CERTAIN = 0.9
REASONS = {
    "name": _("name"),
    "email": _("mail address"),
    "phone": _("phone"),
    "domain": _("domain"),
    "tax_id": _("tax id"),
}


def countries(caller: Caller) -> Mapping[str, str]:
    """Countries by name and by code; the name is what is offered, so it comes first."""
    names = country_names()
    return {**names, **{code: code for code in names.values()}}


def party_lookalikes(
    caller: Caller, *, name: str, email: str = "", phone: str = "", website: str = ""
) -> list[Lookalike]:
    """Parties that nearly certainly are the same, by the one function that every path of creation asks."""
    found = duplicate_candidates(
        company_id=caller.company_id,
        name=name,
        emails=[email] if email else [],
        phones=[phone] if phone else [],
        domains=[website] if website else [],
        limit=1,
    )
    return [
        Lookalike(one.name, ", ".join(str(REASONS.get(reason, reason)) for reason in one.reasons))
        for one in found
        if one.score >= CERTAIN
    ]


class PartyImport(ResourceImport):
    """Customers, suppliers and people."""

    slug = "parties"
    natural = "code"
    external_sample, external_aliases = (
        "C-1001",
        ("id", "customer id", "customer no", "customer number", "account id", "supplier id", "kundennummer"),
    )
    fields = (
        ImportField("name", "Blue Lantern Ltd", ("account", "company", "company name", "customer", "firma")),
        ImportField("kind", "Organisation"),
        ImportField("code", "BLUE"),
        ImportField("legal_name", "Blue Lantern Limited"),
        ImportField("email", "office@blue-lantern.example", ("mail", "e-mail")),
        ImportField("phone", "+49 30 901820", ("telephone", "tel")),
        ImportField("website", "https://blue-lantern.example", ("web", "url")),
        ImportField("country", "Germany", ("office location", "land"), values=countries),
        ImportField("is_customer", "yes", label=_("is a customer")),
        ImportField("is_supplier", "no", label=_("is a supplier")),
        ImportField("is_prospect", "", label=_("is a prospect")),
        ImportField("parent", "", ("subsidiary of", "parent company"), later=True),
        ImportField("group", ""),
        ImportField("job_title", "", ("title", "position")),
        ImportField("industry", "Retail", ("sector", "branche")),
        ImportField("currency", "EUR"),
        ImportField("payment_term", ""),
        ImportField("credit_limit", "5000"),
        ImportField("owner", ""),
        ImportField("notes", "Met at the autumn fair"),
    )
    options = (
        Option(
            "role",
            _("Rows that do not say what they are become"),
            "customer",
            choices=(("customer", _("customers")), ("supplier", _("suppliers")), ("prospect", _("prospects"))),
        ),
    )

    def defaults(self, caller: Caller, options: Mapping[str, Any]) -> Mapping[str, Any]:
        return {f"is_{options.get('role', 'customer')}": True}

    def lookalikes(self, caller: Caller, values: Mapping[str, Any]) -> Iterable[Lookalike]:
        known = {name: str(values.get(name, "")) for name in ("name", "email", "phone", "website")}
        return party_lookalikes(caller, **known)


class ItemImport(ResourceImport):
    """What is bought, sold and stocked."""

    slug = "items"
    natural = "sku"
    external_sample, external_aliases = "P-77", ("id", "product id", "item id")
    fields = (
        ImportField("sku", "LAMP-BLUE", ("article", "article number", "product code", "artikelnummer"), required=True),
        ImportField("name", "Blue lantern, 40 cm", ("product", "product name", "item", "bezeichnung")),
        ImportField("kind", "Stocked"),
        ImportField("description", "Hand-made, with a glass shade"),
        ImportField("category", ""),
        ImportField("unit", "pcs", ("uom", "unit of measure", "einheit")),
        ImportField("list_price", "24.90", ("price", "sales price", "unit price", "preis")),
        ImportField("cost", "11.20", ("unit cost", "purchase price")),
        ImportField("tax_category", ""),
        ImportField("barcode", "4006381333931", ("ean", "gtin")),
        ImportField("weight", "1.2"),
        ImportField("reorder_point", "10", ("reorder level", "minimum stock")),
        ImportField("preferred_supplier", "", ("supplier", "vendor")),
        ImportField("is_sold", "yes"),
        ImportField("is_purchased", "yes"),
    )

    def defaults(self, caller: Caller, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Sold and bought, in the company's first unit."""
        unit = Unit.objects.filter(company_id=caller.company_id).order_by("pk").first()
        found: dict[str, Any] = {"is_sold": True, "is_purchased": True}
        return found | ({"unit": unit.pk} if unit is not None else {})

    def lookalikes(self, caller: Caller, values: Mapping[str, Any]) -> Iterable[Lookalike]:
        """An item of exactly this name under another SKU."""
        same = self.resource.queryset().filter(company_id=caller.company_id, name__iexact=str(values.get("name", "")))
        return [Lookalike(f"{item.sku} {item.name}", _t("same name")) for item in same[:1]]


register(PartyImport())
register(ItemImport())
