"""Sections of the report."""

from __future__ import annotations

from tests.bench.sections import section_of, with_section

REPORT = "# Benchmarks\n\nText.\n\n## One\n\nFirst.\n\n## Two\n\nSecond.\n"


def test_a_section_is_replaced_and_the_others_stay() -> None:
    changed = with_section(REPORT, "## One", "## One\n\nNew.\n")
    assert changed == REPORT.replace("First.", "New.")


def test_a_new_section_is_added_at_the_end() -> None:
    assert with_section(REPORT, "## Three", "## Three\n\nThird.") == (
        REPORT + "\n## Three\n\nThird.\n"
    )


def test_an_empty_section_changes_nothing() -> None:
    assert with_section(REPORT, "## One", "") == REPORT


def test_a_section_ends_at_the_next_heading() -> None:
    assert section_of(REPORT, "## One").strip() == "## One\n\nFirst."
    assert section_of(REPORT, "## None") == ""
