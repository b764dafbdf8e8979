"""Consequence points: how a lower app lets an upper one act inside its own transaction.

The lower app declares the point and calls it; the upper app registers one function on it in `ready`. Nothing else may
connect the two: no signals, no imports upward.
"""

from collections.abc import Callable
from typing import Any, Generic, ParamSpec

P = ParamSpec("P")


class ConsequencePoint(Generic[P]):
    """A named place in an operation. Functions run in the order in which they were registered, within the caller's
    transaction; what one raises stops the operation."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._functions: list[Callable[P, Any]] = []

    def register(self, function: Callable[P, Any]) -> None:
        if function not in self._functions:
            self._functions.append(function)

    def run(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for function in self._functions:
            function(*args, **kwargs)

    @property
    def functions(self) -> tuple[Callable[P, Any], ...]:
        return tuple(self._functions)
