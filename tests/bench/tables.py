"""Format figures and tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def milliseconds(seconds: float) -> str:
    """Format seconds as milliseconds, with a precision that suits their size."""
    return f"{seconds * 1000:.3f}" if seconds < 0.1 else f"{seconds * 1000:.0f}"


def megabytes(size: int) -> str:
    """Format bytes as megabytes."""
    return f"{size / 1e6:,.1f}"


def kind_label(kind: str, selected: bool) -> str:
    """Return the label of a kind of question, with or without a selected country."""
    return f"{kind}, country" if selected else kind


def met_or_not(met: bool) -> str:
    """Say whether a target was met."""
    return "met" if met else "**not met**"
