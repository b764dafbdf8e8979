"""How the documents of selling are numbered."""

from core.documents.sequences import NumberPlan

QUOTATION = NumberPlan("quotation", "QUO-{year}-{number:05d}")
SALES_ORDER = NumberPlan("sales_order", "SO-{year}-{number:05d}")
DELIVERY = NumberPlan("delivery", "DEL-{year}-{number:05d}")
SALES_RETURN = NumberPlan("sales_return", "RET-{year}-{number:05d}")
