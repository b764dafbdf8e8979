"""The one writer of stock moves and of stock value."""

from erp.inventory.posting.inputs import MoveInput
from erp.inventory.posting.moves import post_moves, posted_moves

__all__ = ["MoveInput", "post_moves", "posted_moves"]
