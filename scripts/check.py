"""`make check`: every static gate, all of them run and all of them reported, whatever the others said.

`python -m scripts.check NAME…` runs only the named ones.
"""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from core.embedded.errors import EmbeddedError
from core.embedded.testing import environment_of, throwaway_servers

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Gate:
    """One check: a name for the report and a command that exits with 0 when all is well."""

    name: str
    command: Sequence[str | Path]
    settings: tuple[tuple[str, str], ...] = ()
    alone: bool = False
    """It writes into the tree while it runs, so nothing that reads the tree may run beside it."""


# The longest first, so that two at once end early.
GATES = (
    Gate("types", [PYTHON, "-m", "mypy", "."]),
    Gate("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
    Gate("system", [PYTHON, "manage.py", "check", "--fail-level", "WARNING"]),
    Gate(
        "deployment",
        [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        (("ONEBOOK_HTTPS", "1"), ("ONEBOOK_DEMO", "0"), ("ONEBOOK_TESTING", "0")),
    ),
    Gate("translations", [PYTHON, "-m", "scripts.translations", "--check"], alone=True),
    Gate("imports", [BIN / "lint-imports", "--no-cache"]),
    Gate("lint", [BIN / "ruff", "check", "."]),
    Gate("format", [BIN / "ruff", "format", "--check", "."]),
    Gate("licences", [PYTHON, "-m", "scripts.licences"]),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one gate."""

    gate: Gate
    passed: bool
    output: str
    seconds: float


def run_gate(gate: Gate, environment: Mapping[str, str]) -> Outcome:
    """Run one gate to its end."""
    started = time.monotonic()
    finished = subprocess.run(
        [str(word) for word in gate.command],
        cwd=ROOT,
        env={**environment, **dict(gate.settings)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(gate, finished.returncode == 0, finished.stdout.strip(), time.monotonic() - started)


def report(outcomes: Sequence[Outcome]) -> None:
    """The words of those that failed, then one line for each."""
    for outcome in outcomes:
        if not outcome.passed:
            print(f"──── {outcome.gate.name}\n{outcome.output}\n")
    for outcome in outcomes:
        print(f"{'ok  ' if outcome.passed else 'FAIL'}  {outcome.gate.name:<12}{outcome.seconds:6.1f} s")


def main(names: Sequence[str]) -> int:
    """Run the gates; non-zero when one failed."""
    unknown = set(names) - {gate.name for gate in GATES}
    if unknown:
        print(f"No such check: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    chosen = [gate for gate in GATES if not names or gate.name in names]
    try:
        # The migration check compares with a real database, and system checks may look at it.
        with throwaway_servers(durable=False) as servers:
            environment = environment_of(servers)
            outcomes = [run_gate(gate, environment) for gate in chosen if gate.alone]
            with ThreadPoolExecutor(AT_ONCE) as pool:
                beside = [gate for gate in chosen if not gate.alone]
                outcomes += pool.map(lambda gate: run_gate(gate, environment), beside)
    except EmbeddedError as error:
        print(f"onebook: {error}", file=sys.stderr)
        return 1
    report(outcomes)
    return int(not all(outcome.passed for outcome in outcomes))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
