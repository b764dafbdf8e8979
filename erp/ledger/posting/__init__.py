"""The one writer of journal entries and journal lines."""

from erp.ledger.posting.entries import post_entries, post_entry
from erp.ledger.posting.inputs import EntryInput, EntryLine
from erp.ledger.posting.reversal import reverse_entry

__all__ = ["EntryInput", "EntryLine", "post_entries", "post_entry", "reverse_entry"]
