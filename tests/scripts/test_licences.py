"""The licence gate refuses what it must and lets pass what it may."""

import pytest

from scripts.licences import LOCK, PINNED, is_refused, problem_of


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0-only",
        "GPL-3.0-or-later",
        "AGPL-3.0",
        "GNU General Public License v3 (GPLv3)",
        "GNU Affero General Public License v3 or later (AGPLv3+)",
        "MIT AND GPL-2.0-only",
        "GPL-2.0-only OR AGPL-3.0-only",
    ],
)
def test_refused(licence: str) -> None:
    assert is_refused(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "Apache-2.0",
        "LGPL-3.0-only",
        "GNU Lesser General Public License v2 or later (LGPLv2+)",
        "GNU Library or Lesser General Public License (LGPL)",
        "GPL-2.0-or-later OR MIT",
        "BSD License",
    ],
)
def test_allowed(licence: str) -> None:
    assert not is_refused(licence)


def test_every_package_at_run_time_passes() -> None:
    names = PINNED.findall(LOCK.read_text(encoding="utf-8"))
    assert len(names) > 50
    assert {name: problem for name in names if (problem := problem_of(name))} == {}
