"""The whole matrix of roles is checked in, so that no right changes unseen."""

import csv
from pathlib import Path

import pytest
from django.utils.translation import override

from core.access.enums import Role
from core.access.policies import all_policies
from core.ui import registry
from core.ui.rights import matrix, matrix_table

TABLE = Path(__file__).with_name("role_matrix.csv")
HOW = "if that is wanted: manage.py role_matrix --write tests/access/role_matrix.csv"


def test_no_right_differs_from_the_checked_in_table() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        kept = list(csv.reader(file))
    now = matrix_table()
    assert kept[0] == now[0]
    before, after = ({(row[0], row[1]): row[2:] for row in table[1:]} for table in (kept, now))
    assert sorted(after.keys() - before.keys()) == [], HOW
    assert sorted(before.keys() - after.keys()) == [], HOW
    assert {act: row for act, row in after.items() if before[act] != row} == {}, HOW


def test_the_table_names_every_object_and_every_verb_of_its_screens() -> None:
    named = {(row[0], row[1]) for row in matrix_table()[1:]}
    assert {label for label, _verb in named} == {policy.model._meta.label for policy in all_policies()}
    wanted = {
        (resource.model._meta.label, action.permission)
        for resource in registry.all_resources()
        for action in resource.actions
    }
    assert wanted - named == set()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_but_administrators_manages_people(role: Role) -> None:
    head, *rows = matrix_table()
    column = head.index(role.value)
    managing = [row for row in rows if row[0] == "company.Membership" and row[1] in ("create", "change", "delete")]
    assert [row[column] for row in managing] == ["", "", ""]


def test_every_act_has_a_word_of_its_own_in_chinese():
    """Also the acts of lines, which have no button: they are called as on their document."""
    with override("zh-hans"):
        words = {row.verb_label for row in matrix() if row.verb_label.isascii()}
    assert words == set()
