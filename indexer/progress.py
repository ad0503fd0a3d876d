"""How a long run says how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[
    [str, int, int], None
]  # the phase ("reading", "writing"), how many are done, of how many


def no_progress(phase: str, done: int, total: int) -> None:
    """Says nothing."""
