"""The pricing and rounding engine: pure values and functions, no model, no database, no float.

Import from here; the modules inside are split by subject (rounding, taxes, documents, credits, price lists, units).
"""

from core.catalog.pricing.credits import CreditPart, price_credit_note
from core.catalog.pricing.documents import (
    AppliedTax,
    ChargeInput,
    LineInput,
    PricedDocument,
    PricedLine,
    RateTotal,
    TaxTotal,
    Totals,
)
from core.catalog.pricing.engine import price_document
from core.catalog.pricing.price_lists import resolve_price
from core.catalog.pricing.price_rules import (
    Criterion,
    EndingDirection,
    FixedPrice,
    ItemPricing,
    ListDiscount,
    LostRule,
    PartyPricing,
    PriceBase,
    PriceEnding,
    PriceFormula,
    PriceReason,
    PriceRule,
    PriceSource,
    ResolvedPrice,
)
from core.catalog.pricing.rounding import (
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
    allocate,
    apportion,
    split_instalments,
)
from core.catalog.pricing.splits import split_gross_amount, spread_discount, tax_journal_amount
from core.catalog.pricing.taxes import TaxKind, TaxSpec, excluding, gross_from_net, including, net_from_gross
from core.catalog.pricing.totals import sum_up
from core.catalog.pricing.units import (
    QuantityRounding,
    Unit,
    UnitBridge,
    convert_quantity,
    convert_unit_price,
    require_countable,
    round_quantity,
    unit_ratio,
)

__all__ = [
    "AppliedTax",
    "ChargeInput",
    "CreditPart",
    "Criterion",
    "EndingDirection",
    "FixedPrice",
    "ItemPricing",
    "LineInput",
    "ListDiscount",
    "LostRule",
    "PartyPricing",
    "PriceBase",
    "PriceEnding",
    "PriceFormula",
    "PriceReason",
    "PriceRule",
    "PriceSource",
    "PricedDocument",
    "PricedLine",
    "QuantityRounding",
    "RateTotal",
    "ResolvedPrice",
    "RoundingMode",
    "RoundingPolicy",
    "RoundingScope",
    "TaxKind",
    "TaxSpec",
    "TaxTotal",
    "Totals",
    "Unit",
    "UnitBridge",
    "allocate",
    "apportion",
    "convert_quantity",
    "convert_unit_price",
    "excluding",
    "gross_from_net",
    "including",
    "net_from_gross",
    "price_credit_note",
    "price_document",
    "require_countable",
    "resolve_price",
    "round_quantity",
    "split_gross_amount",
    "split_instalments",
    "spread_discount",
    "sum_up",
    "tax_journal_amount",
    "unit_ratio",
]
