"""Chinese books group by thousands, as their vouchers do."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
