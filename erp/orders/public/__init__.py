"""Pages for customers: reading a quotation and answering it without an account."""
