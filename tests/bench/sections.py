"""Sections of BENCHMARKS.md that other commands than `make bench` write."""

from __future__ import annotations


def section_of(text: str, heading: str) -> str:
    """Return the section of a report under a heading such as "## Relevance"; "" without one."""
    start, end = _range(text, heading)
    return text[start:end]


def with_section(text: str, heading: str, section: str) -> str:
    """Return a report with a section replaced or added. An empty section changes nothing."""
    if not section:
        return text
    start, end = _range(text, heading)
    parts = (text[:start], section, text[end:])
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _range(text: str, heading: str) -> tuple[int, int]:
    """Return the offsets of a section, or the end of the text twice if it has no such section."""
    start = text.find(f"\n{heading}\n")
    if start < 0:
        return len(text), len(text)
    end = text.find("\n## ", start + 1)
    return start + 1, len(text) if end < 0 else end + 1
