"""Countries that no longer exist, and replaced codes, as values of a field."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.content.activity import parse
from indexer.content.fixes import fix_file


@pytest.mark.parametrize("code", ["YUG", "SCG", "CSK", "DDR", "YMD", "SUN", "ANT"])
def test_a_country_that_no_longer_exists_is_a_valid_value_with_its_regions(code: str) -> None:
    parsed = parse("a", "a.md", f"---\ncountry: {code}\n---\nText.\n".encode())
    assert not parsed.errors
    assert not parsed.fixes
    assert parsed.activity is not None
    assert parsed.activity.meta["country"] == (code,)
    assert parsed.activity.meta["region"]


@pytest.mark.parametrize(("code", "present"), [("BUR", "MMR"), ("ZAR", "COD"), ("bys", "BLR")])
def test_a_replaced_code_is_an_error_and_the_fix_is_the_present_code(
    tmp_path: Path, code: str, present: str
) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\ncountry: [KEN, {code}]\n---\nText.\n", encoding="utf-8")
    parsed = parse("a", str(path), path.read_bytes())
    (error,) = parsed.errors
    assert error.reason == f'"{code}" is a former code: write {present}'
    fixed = fix_file(path, "a").parsed
    assert not fixed.errors
    assert fixed.activity is not None
    assert fixed.activity.meta["country"] == ("KEN", present)
