"""What is bought and sold, in which units, at which prices, under which taxes."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.catalog.enums import CostingMethod, ItemKind, NoTaxReason, PriceBasis, TaxDirection, TaxKindChoice
from core.company.countries import validate_country
from core.company.models import CompanyOwned, Currency
from core.documents.models import Record, unique_external_id
from core.fields import AmountField, QuantityField, RateField
from core.parties.models import Party, PartyGroup
from core.search.triggers import searchable


def unique_name(prefix: str, *fields: str) -> models.UniqueConstraint:
    """Names are unique within a company."""
    return models.UniqueConstraint("company", *(fields or ("name",)), name=f"{prefix}_{(fields or ('name',))[-1]}")


@tracked
class Unit(Record):
    """A unit of measure. `factor` says how many of its category's reference unit one of it is (dozen: 12).

    :ivar decimals: digits a quantity in this unit may have after the point.
    """

    name = models.CharField(_("name"), max_length=60)
    symbol = models.CharField(_("symbol"), max_length=12)
    category = models.CharField(
        _("measures"), max_length=40, help_text=_("Units of one measure convert into each other.")
    )
    factor = RateField(_("factor"), default=1, validators=[MinValueValidator(0)])
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0, validators=[MaxValueValidator(6)])

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("category", "factor")
        constraints = [
            unique_external_id("catalog_unit"),
            unique_name("catalog_unit"),
            models.CheckConstraint(condition=Q(factor__gt=0), name="catalog_unit_factor_positive"),
        ]

    def __str__(self) -> str:
        return self.symbol


@tracked
class ItemCategory(Record):
    """A node of the category tree. Posting rules and price rules may hang on it."""

    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("parent"), related_name="children"
    )
    costing_method = models.CharField(
        _("costing method"), max_length=8, choices=CostingMethod, default=CostingMethod.FIFO
    )

    class Meta:
        verbose_name = _("item category")
        verbose_name_plural = _("item categories")
        ordering = ("name",)
        constraints = [
            unique_external_id("catalog_itemcategory"),
            unique_name("catalog_itemcategory", "parent", "name"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="catalog_itemcategory_not_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class TaxCategory(Record):
    """How items are treated for tax: standard, reduced, exempt. Tax rules turn it into taxes."""

    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("tax category")
        verbose_name_plural = _("tax categories")
        ordering = ("name",)
        constraints = [unique_external_id("catalog_taxcategory"), unique_name("catalog_taxcategory")]

    def __str__(self) -> str:
        return self.name


@tracked
class Tax(Record):
    """A tax as the engine computes it (core.catalog.pricing.taxes.TaxSpec says what each column means).

    :ivar rate: percent, for kinds percent and division.
    :ivar unit_amount: money per unit, for kind fixed.
    :ivar category_code: tax category code of EN 16931 (S, Z, E, AE, ...).
    :ivar no_tax_reason: said on the paper of an invoice on which the tax comes to nothing, in the customer's language;
        `printed_note` are words of one's own, said as they are.
    """

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=120)
    direction = models.CharField(_("used for"), max_length=8, choices=TaxDirection, default=TaxDirection.SALE)
    kind = models.CharField(_("kind"), max_length=8, choices=TaxKindChoice, default=TaxKindChoice.PERCENT)
    rate = RateField(_("rate in percent"), default=0)
    unit_amount = RateField(_("amount per unit"), default=0)
    price_included = models.BooleanField(_("included in prices"), default=False)
    affects_base = models.BooleanField(_("raises the base of later taxes"), default=False)
    sequence = models.PositiveSmallIntegerField(_("order"), default=0)
    category_code = models.CharField(
        _("e-invoice category"), max_length=4, default="S", blank=True, help_text=_("Empty for a levy that is no VAT.")
    )
    no_tax_reason = models.CharField(
        _("why no tax is charged"),
        max_length=16,
        choices=NoTaxReason,
        blank=True,
        help_text=_("Printed where the tax comes to nothing, in the language of the customer."),
    )
    printed_note = models.CharField(
        _("printed note"),
        max_length=250,
        blank=True,
        help_text=_("Words of your own, printed where the tax comes to nothing, such as the section of the law."),
    )
    children = models.ManyToManyField(
        "self", symmetrical=False, blank=True, verbose_name=_("taxes of the group"), related_name="groups"
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("tax")
        verbose_name_plural = _("taxes")
        ordering = ("direction", "sequence", "code")
        constraints = [unique_external_id("catalog_tax"), unique_name("catalog_tax", "code")]

    def __str__(self) -> str:
        return self.name


@tracked
class TaxSet(Record):
    """The taxes that a line bears together, such as "VAT 20 %" or "VAT 20 % and eco fee".

    Lines point at one of these, so what was applied is one reference and one choice on the screen.
    """

    name = models.CharField(_("name"), max_length=120)
    direction = models.CharField(_("used for"), max_length=8, choices=TaxDirection, default=TaxDirection.SALE)
    taxes = models.ManyToManyField(Tax, blank=True, verbose_name=_("taxes"), related_name="sets")
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("tax set")
        verbose_name_plural = _("tax sets")
        ordering = ("direction", "name")
        constraints = [unique_external_id("catalog_taxset"), unique_name("catalog_taxset", "direction", "name")]

    def __str__(self) -> str:
        return self.name


@tracked
class TaxRule(Record):
    """Which taxes apply to a line: the most specific rule that fits wins (see queries.tax_sets_for)."""

    direction = models.CharField(_("used for"), max_length=8, choices=TaxDirection)
    tax_category = models.ForeignKey(
        TaxCategory, models.CASCADE, null=True, blank=True, verbose_name=_("tax category"), related_name="rules"
    )
    country = models.CharField(_("party's country"), max_length=2, blank=True, validators=[validate_country])
    group = models.ForeignKey(
        PartyGroup, models.CASCADE, null=True, blank=True, verbose_name=_("party group"), related_name="+"
    )
    priority = models.PositiveSmallIntegerField(_("priority"), default=0)
    tax_set = models.ForeignKey(
        TaxSet, models.PROTECT, null=True, blank=True, verbose_name=_("taxes"), related_name="rules"
    )

    class Meta:
        verbose_name = _("tax rule")
        verbose_name_plural = _("tax rules")
        ordering = ("direction", "-priority", "id")
        constraints = [unique_external_id("catalog_taxrule")]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} · {self.tax_category or '*'} · {self.country or '*'}"


@tracked
class Item(Record):
    """Something bought, sold or stocked.

    :ivar list_price: in the company's currency per `unit`, without tax unless its taxes are included in prices.
    :ivar cost: what one unit is expected to cost; the cost of stock comes from valuation, not from here.
    :ivar purchase_unit: unit in which it is ordered, where that differs.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=ItemKind, default=ItemKind.STOCKED)
    sku = models.CharField(_("SKU"), max_length=60)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    category = models.ForeignKey(
        ItemCategory, models.PROTECT, null=True, blank=True, verbose_name=_("category"), related_name="items"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+")
    purchase_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, verbose_name=_("purchase unit"), related_name="+"
    )
    tax_category = models.ForeignKey(
        TaxCategory, models.PROTECT, null=True, blank=True, verbose_name=_("tax category"), related_name="items"
    )
    list_price = RateField(_("list price"), default=0, validators=[MinValueValidator(0)])
    cost = RateField(_("expected cost"), default=0, validators=[MinValueValidator(0)])
    barcode = models.CharField(_("barcode"), max_length=60, blank=True)
    weight = QuantityField(_("weight in kg"), null=True, blank=True)
    costing_method = models.CharField(
        _("costing method"), max_length=8, choices=CostingMethod, default=CostingMethod.FIFO
    )
    preferred_supplier = models.ForeignKey(
        Party, models.SET_NULL, null=True, blank=True, verbose_name=_("preferred supplier"), related_name="+"
    )
    reorder_point = QuantityField(_("reorder point"), null=True, blank=True)
    is_sold = models.BooleanField(_("sold"), default=True)
    is_purchased = models.BooleanField(_("purchased"), default=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ("sku",)
        constraints = [unique_external_id("catalog_item"), unique_name("catalog_item", "sku")]
        indexes = [
            models.Index("company", "name", name="catalog_item_by_name"),
            models.Index("category", name="catalog_item_by_category"),
        ]
        triggers = [*searchable(title="name", subtitle="sku", words=("sku", "barcode"))]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


@tracked
class KitComponent(Record):
    """A kit is sold as one line and delivered as its components."""

    kit = models.ForeignKey(Item, models.CASCADE, verbose_name=_("kit"), related_name="components")
    item = models.ForeignKey(Item, models.PROTECT, verbose_name=_("item"), related_name="+")
    quantity = QuantityField(_("quantity"), validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("kit component")
        verbose_name_plural = _("kit components")
        ordering = ("kit", "id")
        constraints = [
            unique_external_id("catalog_kitcomponent"),
            models.UniqueConstraint("kit", "item", name="catalog_kitcomponent_once"),
            models.CheckConstraint(condition=~Q(kit=F("item")), name="catalog_kitcomponent_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item}"


@tracked
class PriceList(Record):
    """A list of price rules in one currency. It serves the parties and groups it names, or everybody."""

    name = models.CharField(_("name"), max_length=120)
    currency = models.ForeignKey(Currency, models.PROTECT, verbose_name=_("currency"), related_name="+")
    parties = models.ManyToManyField(Party, blank=True, verbose_name=_("customers"), related_name="price_lists")
    groups = models.ManyToManyField(PartyGroup, blank=True, verbose_name=_("groups"), related_name="price_lists")
    priority = models.SmallIntegerField(_("priority"), default=0)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        ordering = ("name",)
        constraints = [unique_external_id("catalog_pricelist"), unique_name("catalog_pricelist")]

    def __str__(self) -> str:
        return self.name


@tracked
class PriceRule(Record):
    """One price: for an item, a category or everything, from a quantity on, for a time."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, verbose_name=_("price list"), related_name="rules")
    item = models.ForeignKey(Item, models.CASCADE, null=True, blank=True, verbose_name=_("item"), related_name="+")
    category = models.ForeignKey(
        ItemCategory, models.CASCADE, null=True, blank=True, verbose_name=_("category"), related_name="+"
    )
    min_quantity = QuantityField(_("from quantity"), default=0)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    basis = models.CharField(_("price"), max_length=12, choices=PriceBasis, default=PriceBasis.FIXED)
    amount = RateField(_("amount or percent"), help_text=_("The price itself, or the discount or markup in percent."))
    round_to = RateField(_("round to"), null=True, blank=True, help_text=_("0.05 rounds to five cents."))
    round_ending = RateField(_("ending"), null=True, blank=True, help_text=_("0.99 with steps of 1 gives x.99."))
    min_margin_percent = RateField(_("least margin in percent"), null=True, blank=True)

    class Meta:
        verbose_name = _("price rule")
        verbose_name_plural = _("price rules")
        ordering = ("price_list", "item", "-min_quantity")
        constraints = [
            unique_external_id("catalog_pricerule"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="catalog_pricerule_valid_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.price_list} · {self.item or self.category or '*'}"


class TaxedLine(CompanyOwned):
    """Base of every document line that is priced and taxed: what the engine needs and what it answered.

    :ivar net_amount: after discount, rounded to the currency's minor unit.
    :ivar tax_amount: this line's part of the document's tax.
    """

    position = models.PositiveIntegerField(_("position"), default=0)
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, verbose_name=_("item"), related_name="+")
    description = models.CharField(_("description"), max_length=500, blank=True)
    quantity = QuantityField(_("quantity"), default=1)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name=_("unit"), related_name="+")
    unit_price = RateField(_("unit price"), default=0)
    discount_percent = RateField(_("discount %"), default=0)
    tax_set = models.ForeignKey(
        TaxSet, models.PROTECT, null=True, blank=True, verbose_name=_("taxes"), related_name="+"
    )
    net_amount = AmountField(_("net"), default=0, editable=False)
    tax_amount = AmountField(_("tax"), default=0, editable=False)

    class Meta:
        abstract = True
        ordering = ("position", "id")

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item or self.description}"
