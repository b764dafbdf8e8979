"""Command line of the launcher: `python -m core.embedded WORD …`.

run                     start everything and watch over it until Ctrl-C
test [pytest words]     the test suite, on servers that exist for that run
bench [WORD …]          the benchmarks, on a durable server with an empty database
soak [pytest words]     the long forms of the reliability tests
servers start|stop|env  the servers alone; `env` prints the variables to reach them
backup [DIRECTORY]      copy database, files and key, by default into backups/ of the state directory
restore DIRECTORY       put such a copy in the place of the present data; the old stays aside once
manage COMMAND …        a manage.py command, the servers started for its time if need be
"""

import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from core.embedded import programs
from core.embedded.backup import back_up, restore
from core.embedded.environment import store_environment
from core.embedded.errors import EmbeddedError
from core.embedded.run import run
from core.embedded.servers import embedded_servers
from core.embedded.state import PROJECT, open_state
from core.embedded.testing import run_bench, run_pytest


def servers(act: str) -> int:
    """Start, stop or show the embedded servers of this installation; they outlive the command."""
    state = open_state()
    found = embedded_servers(state, ignore_environment=True)
    if act == "stop":
        found.stop()
        return 0
    if act == "start":
        found.start()
        store_environment(state, found.environment())
    running = [server.running_pid() is not None for server in (found.postgres, found.valkey) if server is not None]
    if not all(running):
        print("# The servers do not run: python -m core.embedded servers start", file=sys.stderr)
        return 1
    for name, value in found.environment().items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def manage(arguments: Sequence[str]) -> int:
    """Run a manage.py command, starting the servers for its time when they do not run."""
    state = open_state()
    found = embedded_servers(state)
    ran_before = [server for server in (found.postgres, found.valkey) if server and server.running_pid()]
    found.start()
    try:
        environment = programs.program_environment(state, found.environment())
        return subprocess.run(programs.manage(*arguments), env=environment, cwd=PROJECT, check=False).returncode
    finally:
        for server in (found.valkey, found.postgres):
            if server is not None and server not in ran_before:
                server.stop()


def backup(arguments: Sequence[str]) -> int:
    """Make a backup and say where it is."""
    made = back_up(open_state(), Path(arguments[0]).resolve() if arguments else None)
    print(f"Backed up to {made}")
    return 0


def put_back(arguments: Sequence[str]) -> int:
    """Restore a backup."""
    if len(arguments) != 1:
        print("Name the directory of the backup.", file=sys.stderr)
        return 2
    restore(open_state(), Path(arguments[0]).resolve())
    print("Restored. What was there before is kept aside until the next restore.")
    return 0


def main(arguments: Sequence[str]) -> int:
    """Do what the words say; a refusal is one line on the error stream and exit code 1."""
    word, *rest = arguments or ["help"]
    acts: dict[str, Callable[[], int]] = {
        "run": run,
        "test": lambda: run_pytest(rest),
        "bench": lambda: run_bench(rest),
        "soak": lambda: run_pytest(["-m", "soak", *rest], durable=True, processes=0),
        "servers": lambda: servers(rest[0] if rest else "env"),
        "backup": lambda: backup(rest),
        "restore": lambda: put_back(rest),
        "manage": lambda: manage(rest),
    }
    if word not in acts:
        print(__doc__)
        return 0 if word in {"help", "-h", "--help"} else 2
    try:
        return acts[word]()
    except EmbeddedError as error:
        print(f"onebook: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
