"""Why a price is what it is, in words."""

from django.utils.translation import gettext as _

from core.catalog.pricing import PriceSource, ResolvedPrice
from core.ui import formats


def reason_text(price: ResolvedPrice) -> str:
    """The source of a resolved price and the price it started from."""
    reason = price.reason
    base = formats.price(reason.base_price)
    words = {
        PriceSource.LIST: _("List price of the item."),
        PriceSource.FIXED: _("Fixed price of a price list."),
        PriceSource.DISCOUNT: _("List price %(base)s less %(percent)s.")
        % {"base": base, "percent": formats.percent(price.discount_percent)},
        PriceSource.FORMULA: _("Computed by a price list from %(base)s.") % {"base": base},
    }
    text = str(words.get(reason.source, ""))
    if reason.raised_to_margin:
        text = f"{text} {_('Raised to the least margin.')}"
    rule = reason.rule
    if rule is not None and rule.min_quantity:
        from_quantity = formats.quantity(rule.min_quantity)
        text = f"{text} {_('From a quantity of %(quantity)s.') % {'quantity': from_quantity}}"
    return text.strip()
