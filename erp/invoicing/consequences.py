"""Where upper apps act inside the posting of an invoice.

A registered function is called with `invoice`, its `lines` (list, with items), the `entry` that is being put together
(erp.invoicing.entries.EntryDraft), `user` and `now`. It runs under the invoice's lock, before the number is drawn and
before the entry is written, so it may lock documents and stock, and add its journal lines to the invoice's own entry:
`entry.add(EntryLine(...))` beside the usual lines (COGS), or `entry.cover(line, EntryLine(...), ...)` instead of the
usual expense line of a supplier invoice (GRNI and price difference). What the paper of a sales invoice says beside the
invoice itself is left on the entry too: `entry.delivered_on` and `entry.pay_to`. Tell credit notes by `invoice.kind`;
their lines name the credited one in `line.credited_line`.
"""

from core.events.consequences import ConsequencePoint

sales_invoice_posting: ConsequencePoint[...] = ConsequencePoint("sales_invoice_posting")
supplier_invoice_posting: ConsequencePoint[...] = ConsequencePoint("supplier_invoice_posting")
