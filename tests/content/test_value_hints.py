"""Error messages for wrong values name the fix."""

from __future__ import annotations

import pytest

from indexer.content.activity import parse


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("region: Arab States", "regions are derived from countries"),
        ("region: Arab States", "015 (Northern Africa), 145 (Western Asia)"),
        ("region: Asia and the Pacific", "142 (Asia), 009 (Oceania)"),
        ("region: Asia-Pacific", "142 (Asia), 009 (Oceania)"),
        ("region: Middle East & North Africa", "015 (Northern Africa), 145 (Western Asia)"),
        ("region: GRULAC", "419 (Latin America and the Caribbean)"),
        ("region: Global", "leave the field out for the whole world"),
        ("region: Pakistan", "write PAK in the field country"),
        ("region: Southren Asia", "did you mean 034 (Southern Asia)?"),
        ("region: Atlantis", "without countries write a UN M49 code"),
        ("country: Africa", "write 002 in the field region"),
        ("country: Afghanstan", "did you mean Afghanistan (AFG)?"),
        ("country: Atlantis", "write its ISO 3166-1 alpha-3 code, such as PAK"),
        ("country: PA\u200bK", '"PA<zero width space U+200B>K" is not a country'),
        ("country: PA\u200bK", "remove the zero width space U+200B"),
        ("country: “PAK”", "write straight quotes"),
        ("country: PAK]", "write a list in square brackets"),
        ("year: 20\u00ad18", "remove the soft hyphen U+00AD"),
        ("year: ２０１８", "write it with the digits 0 to 9"),
        ("year: 3 May 2018", "is not a whole number"),
        ("year: 03.05.2018", "write the year alone"),
        ("language: French", "write its BCP 47 tag, fr"),
        ("language: français", "write its BCP 47 tag, fr"),
        ("\u200bcountry: PAK", '"<zero width space U+200B>country"; did you mean "country"?'),
    ],
)
def test_an_error_states_the_problem_and_the_fix(field: str, reason: str) -> None:
    (error,) = parse("x", "x.md", f"---\n{field}\n---\nText.".encode()).errors
    assert reason in error.reason
