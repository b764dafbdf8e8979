"""`make check` runs every gate and reports each, whatever the others said."""

import sys
import time
from contextlib import nullcontext

import pytest

from scripts import check
from scripts.check import Gate


def test_a_failure_is_reported_and_the_others_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gates = (
        Gate("bad", [sys.executable, "-c", "print('here is why'); raise SystemExit(3)"]),
        Gate("good", [sys.executable, "-c", "print('not shown')"]),
    )
    outcomes = [check.run_gate(gate, {}) for gate in gates]
    check.report(outcomes)
    said = capsys.readouterr().out
    assert [outcome.passed for outcome in outcomes] == [False, True]
    assert "──── bad\nhere is why" in said
    assert "not shown" not in said
    assert [line.split()[:2] for line in said.splitlines()[-2:]] == [["FAIL", "bad"], ["ok", "good"]]


def test_nothing_reads_the_tree_while_a_gate_writes_into_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Collecting strings leaves Python files beside the templates for a moment; types and lint tripped over them."""
    running, met = set[str](), set[frozenset[str]]()

    def run(gate: Gate, _environment: object) -> check.Outcome:
        running.add(gate.name)
        time.sleep(0.02)
        met.add(frozenset(running))
        running.discard(gate.name)
        return check.Outcome(gate, True, "", 0.0)

    monkeypatch.setattr(check, "run_gate", run)
    monkeypatch.setattr(check, "throwaway_servers", lambda **_options: nullcontext())
    monkeypatch.setattr(check, "environment_of", lambda _servers: {})
    assert check.main([]) == 0
    assert {names for names in met if "translations" in names} == {frozenset({"translations"})}


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["nonsense"]) == 2
    assert capsys.readouterr().err == "No such check: nonsense\n"
