"""The callback through which long operations report their progress."""

from __future__ import annotations

from collections.abc import Callable

# Called with the phase ("reading", "writing", "importing"), the number of items done, and their
# total.
Progress = Callable[[str, int, int], None]


def no_progress(phase: str, done: int, total: int) -> None:
    """Ignore the progress."""
