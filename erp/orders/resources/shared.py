"""Fields that the records of selling show alike."""

SALE_FIELDS = (
    "party",
    "document_date",
    "reference",
    "requested_date",
    "payment_term",
    "warehouse",
    "delivery_address",
    "notes",
)
OWNED_FIELDS = ("owner", "team", "created_at", "created_by")
