"""How a tax is called where its reader must find the rate."""

from decimal import Decimal

import pytest

from core.catalog.pricing import TaxKind
from core.ui.totals import tax_name


@pytest.mark.parametrize(
    ("name", "kind", "rate", "said"),
    [
        ("VAT 19 %", TaxKind.PERCENT, "19", "VAT 19 %"),
        ("VAT 19%", TaxKind.PERCENT, "19", "VAT 19%"),
        ("VAT 19 %", TaxKind.PERCENT, "9", "VAT 19 % (9 %)"),
        ("VAT 7.5 %", TaxKind.PERCENT, "5", "VAT 7.5 % (5 %)"),
        ("Reverse charge", TaxKind.PERCENT, "0", "Reverse charge (0 %)"),
        ("Bottle deposit", TaxKind.FIXED, "0", "Bottle deposit"),
    ],
)
def test_the_rate_is_said_once(name: str, kind: TaxKind, rate: str, said: str) -> None:
    assert tax_name(name, kind, Decimal(rate)).replace("\xa0", " ").replace("\u202f", " ") == said
