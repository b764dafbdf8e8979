"""The one writer of stock moves and of stock value."""

from erp.inventory.posting.inputs import MoveInput
from erp.inventory.posting.issues import Issue, post_issues
from erp.inventory.posting.moves import post_moves, posted_moves
from erp.inventory.posting.revaluation import AbsorbedCost, CostChange, absorb_cost

__all__ = [
    "AbsorbedCost",
    "CostChange",
    "Issue",
    "MoveInput",
    "absorb_cost",
    "post_issues",
    "post_moves",
    "posted_moves",
]
