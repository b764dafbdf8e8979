"""The variables of an installation, kept in its state directory for every later shell."""

import os
from collections.abc import Mapping

from core.embedded.state import State, state_directory

FILE = "environment"


def store_environment(state: State, values: Mapping[str, str]) -> None:
    """Write the variables where `load_environment` finds them; mode 0600, they hold passwords."""
    path = state.secrets / FILE
    making = path.with_name(f"{FILE}.new")
    descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
    making.replace(path)


def load_environment() -> None:
    """Fill in what the environment does not say with what `make run` stored, so that manage.py works in any shell."""
    try:
        text = (state_directory() / "secrets" / FILE).read_text(encoding="utf-8")
    except OSError:
        return  # nothing was started here yet, or it is not ours to read
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if value:
            os.environ.setdefault(name, value)
