"""Where upper apps act inside the transactions of leads."""

from core.events.consequences import ConsequencePoint

lead_written: ConsequencePoint[...] = ConsequencePoint("leads.lead_written")
"""Run with `(lead=, now=)` after a lead was written or changed. Campaigns attribute it here."""
