"""What an invoice's paper says, frozen at posting."""

from collections.abc import Sequence
from typing import Any

from core.catalog.pricing import PricedDocument
from erp.invoicing.models import InvoiceBase
from erp.invoicing.terms import Instalment


def freeze(invoice: InvoiceBase, lines: Sequence[Any], priced: PricedDocument, parts: Sequence[Instalment]) -> None:
    """Keep the data of the paper as it is now; later changes of names and addresses do not reach it."""
