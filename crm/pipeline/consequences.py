"""Where upper apps act inside the pipeline's transactions."""

from core.events.consequences import ConsequencePoint

deal_won: ConsequencePoint[...] = ConsequencePoint("pipeline.deal_won")
"""Run by `win_deal(deal=, user=, now=)` after the deal has become won. Integration makes the one sales order here."""
