"""Goods that left under many documents, posted together: the same facts as one posting after the other makes, in a few
statements. For histories, whose documents are all known beforehand."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core.documents.references import RecordRef
from erp.inventory.models import LayerConsumption, StockMove, ValueEntry
from erp.inventory.posting.clock import Clock, correct_snapshots, read_clock
from erp.inventory.posting.entries import book_for, entry_lines, value_lines
from erp.inventory.posting.inputs import MoveInput, known_items, stocked_moves
from erp.inventory.posting.locks import LockedLevel
from erp.inventory.posting.moves import lock_ground
from erp.inventory.posting.plan import Ground, PlannedMove, plan_moves
from erp.inventory.posting.writing import (
    Occasion,
    consumption_rows,
    move_rows,
    update_layers,
    update_levels,
    update_valuations,
    value_rows,
)
from erp.ledger.enums import JournalKind
from erp.ledger.posting import EntryInput, post_entries

if TYPE_CHECKING:
    from core.access.models import User


@dataclass(frozen=True, slots=True)
class Issue:
    """What left under one document."""

    source: RecordRef
    source_number: str
    on: dt.date
    at: dt.datetime
    moves: Sequence[MoveInput]


@dataclass(slots=True)
class Planned:
    """An issue with its cost."""

    occasion: Occasion
    steps: Sequence[PlannedMove]


def post_issues(
    *, company_id: int, issues: Sequence[Issue], user: "User | None", now: dt.datetime, purpose: str = "stock"
) -> dict[RecordRef, list[StockMove]]:
    """Post what left under documents that are new and locked by the caller, in the order given.

    :returns: document → its moves.
    :raises InsufficientStockError: goods are not there or reserved for others; nothing is posted.
    :raises NotInStockThenError, WorthLessThanNothingError: as `post_moves`.
    :raises PeriodClosedError: from the ledger, when a day lies in a closed period.
    """
    with transaction.atomic(savepoint=False):
        every = [move for issue in issues for move in issue.moves]
        items = known_items(company_id, (move.item_id for move in every))
        stocked = stocked_moves(every, items)
        if not stocked:
            return {}
        clock = read_clock(company_id)
        first = min(issue.on for issue in issues)
        ground, rows = lock_ground(company_id, stocked, items, set(), since=first, minor_unit=clock.minor_unit)
        planned = []
        for issue in issues:
            occasion = Occasion(company_id, issue.on, issue.source, issue.source_number, purpose, user, issue.at)
            planned.append(_plan(issue, occasion, ground, clock))
        moves = _write_facts(planned)
        update_levels(ground.levels.values())
        update_valuations(rows.values())
        update_layers(part.layer for one in planned for step in one.steps for part in step.parts if part.layer)
        _post_values(planned, ground, company_id, user, now)
    return moves


def _plan(issue: Issue, occasion: Occasion, ground: Ground, clock: Clock) -> Planned:
    before = {pair: level.on_hand_change for pair, level in ground.levels.items()}
    steps = plan_moves(stocked_moves(issue.moves, dict(ground.items)), ground, issue.on)
    for step in steps:
        ground.past.add(step.given.item_id, issue.on, -step.given.quantity, step.value)
    changed = {
        pair: LockedLevel(level.id, level.on_hand, level.reserved, level.on_hand_change - before[pair])
        for pair, level in ground.levels.items()
        if level.on_hand_change != before[pair]
    }
    correct_snapshots(occasion.company_id, clock, issue.on, changed)
    return Planned(occasion, steps)


def _write_facts(planned: Sequence[Planned]) -> dict[RecordRef, list[StockMove]]:
    moves = {one.occasion.source: move_rows(one.steps, one.occasion) for one in planned}
    StockMove.objects.bulk_create([move for rows in moves.values() for move in rows])
    found = [(one, moves[one.occasion.source]) for one in planned]
    LayerConsumption.objects.bulk_create(
        [row for one, own in found for row in consumption_rows(one.steps, own, {}, one.occasion)]
    )
    ValueEntry.objects.bulk_create([row for one, own in found for row in value_rows(one.steps, own, {}, one.occasion)])
    return moves


def _post_values(
    planned: Sequence[Planned], ground: Ground, company_id: int, user: "User | None", now: dt.datetime
) -> None:
    """One journal entry a document, as `post_value` writes it."""
    found = [(one.occasion, value_lines(one.steps, ground.items, ground.places)) for one in planned]
    book = book_for(company_id, [line for _occasion, lines in found for line in lines])
    entries = [
        EntryInput(
            JournalKind.STOCK,
            occasion.on,
            entry_lines(lines, book),
            occasion.source,
            occasion.purpose,
            occasion.source_number,
            _("Stock %(number)s") % {"number": occasion.source_number},
        )
        for occasion, lines in found
        if lines
    ]
    post_entries(company_id=company_id, entries=entries, user=user, now=now)
