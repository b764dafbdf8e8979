"""A copy of everything that cannot be made again: the database, the files beside it, and the signing key.

Made while Onebook runs, from one snapshot; put back while it does not. The database is dumped by the superuser of the
embedded server, because row-level security hides rows from everybody else.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from core.embedded import binaries
from core.embedded.account import give_to
from core.embedded.errors import BackupError
from core.embedded.lock import only_one
from core.embedded.postgres import DATABASE, OWNER_ROLE, SUPERUSER, PostgresServer
from core.embedded.state import State

DUMP, FILES, KEY = "database.dump", "files", "secret_key"


def _run(server: PostgresServer, program: str, arguments: Sequence[str | Path]) -> None:
    """One of PostgreSQL's own programs, as the superuser.

    :raises BackupError: it failed; the message is its own.
    """
    finished = subprocess.run(
        [
            str(binaries.postgres_programs(server.state) / program),
            *("--host=127.0.0.1", f"--port={server.port}", f"--username={SUPERUSER}", "--no-password"),
            *(str(word) for word in arguments),
        ],
        env={**os.environ, "PGPASSWORD": server.state.secret(SUPERUSER)},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise BackupError(f"{program} failed: {finished.stderr.strip()}")


def _refuse_outside_database() -> None:
    if os.environ.get("DATABASE_URL"):
        raise BackupError("DATABASE_URL names a server of its own; back it up and restore it with that server's tools.")


def back_up(state: State, target: Path | None = None) -> Path:
    """Write a backup into a new directory, by default below `<state>/backups`, and return it.

    :raises BackupError: the directory exists, the database is not ours, or the dump failed; nothing is left then.
    """
    _refuse_outside_database()
    target = target or state.root / "backups" / time.strftime("%Y%m%d-%H%M%S")
    if target.exists():
        raise BackupError(f"{target} exists already; name a new directory.")
    making = target.with_name(f"{target.name}.partial")
    making.mkdir(parents=True, mode=0o700)
    server = PostgresServer(state=state)
    started = server.start()
    try:
        _run(server, "pg_dump", ["--format=custom", f"--file={making / DUMP}", DATABASE])
        # After the dump: a file that the dump knows is there; one too many does no harm.
        if (state.root / FILES).is_dir():
            shutil.copytree(state.root / FILES, making / FILES)
        (making / FILES).mkdir(exist_ok=True)
        (making / KEY).touch(mode=0o600)
        (making / KEY).write_text(state.secret_key() + "\n", encoding="ascii")
        making.rename(target)
    finally:
        shutil.rmtree(making, ignore_errors=True)
        if started:
            server.stop()
    return target


def restore(state: State, source: Path) -> None:
    """Put a backup in the place of the present data. Nothing may run over this state meanwhile.

    The dump goes into a new database first; only when it is whole does it take the old one's place, which is kept
    aside as `onebook_replaced` until the next restore. Present files move to `files.replaced` in the same way.

    :raises BackupError: not a backup, or PostgreSQL could not read it; the present data stays as it is then.
    :raises AlreadyRunningError: Onebook runs.
    """
    _refuse_outside_database()
    missing = [name for name in (DUMP, FILES, KEY) if not (source / name).exists()]
    if missing:
        raise BackupError(f"{source} is no backup: it lacks {', '.join(missing)}.")
    with only_one(state):
        server = PostgresServer(state=state)
        started = server.start()
        try:
            coming, replaced = f"{DATABASE}_coming", f"{DATABASE}_replaced"
            server.administer(f"DROP DATABASE IF EXISTS {coming} WITH (FORCE)")
            server.administer(f"CREATE DATABASE {coming} OWNER {OWNER_ROLE}")
            _run(server, "pg_restore", ["--exit-on-error", f"--dbname={coming}", source / DUMP])
            server.administer(f"DROP DATABASE IF EXISTS {replaced} WITH (FORCE)")
            server.administer(f"ALTER DATABASE {DATABASE} RENAME TO {replaced}")
            server.administer(f"ALTER DATABASE {coming} RENAME TO {DATABASE}")
        finally:
            if started:
                server.stop()
        _restore_files(state, source)


def _restore_files(state: State, source: Path) -> None:
    files = state.root / FILES
    replaced = files.with_name("files.replaced")
    shutil.rmtree(replaced, ignore_errors=True)
    if files.exists():
        files.rename(replaced)
    shutil.copytree(source / FILES, files)
    # Read again by whoever the programs run as; the next start hands it on if that is somebody else.
    for path in (files, *files.rglob("*")):
        give_to(state.account, path)
    key = state.root / "secret_key"
    key.unlink(missing_ok=True)
    shutil.copyfile(source / KEY, key)
    key.chmod(0o600)
    give_to(state.account, key)
