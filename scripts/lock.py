"""Compile the three locks from pyproject.toml, without any address of a package index in them.

`python -m scripts.lock` takes what is needed for changed dependencies; `--upgrade` takes new versions of everything.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = (
    "--generate-hashes",
    "--strip-extras",
    "--allow-unsafe",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
    "--no-emit-options",
    "--annotation-style=line",
    "--quiet",
)
FORBIDDEN = ("://", "--index-url", "--extra-index-url", "--find-links", "--trusted-host")


def compile_lock(target: str, arguments: Sequence[str], extra: Sequence[str]) -> int:
    """Run pip-compile for one lock."""
    command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *extra, *arguments, "-o", target]
    environment = os.environ | {"CUSTOM_COMPILE_COMMAND": "make lock"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def main(extra: Sequence[str]) -> int:
    """Compile all; refuse a lock that names an index."""
    locks = {
        "requirements.lock": ["pyproject.toml"],
        "requirements-dev.lock": ["--extra", "dev", "-c", "requirements.lock", "pyproject.toml"],
        "requirements-assets.lock": ["--no-annotate", "requirements-assets.in"],
    }
    for target, arguments in locks.items():
        if code := compile_lock(target, arguments, extra):
            return code
        if any(word in (ROOT / target).read_text(encoding="utf-8") for word in FORBIDDEN):
            print(f"{target} names a package index; remove that line.", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
