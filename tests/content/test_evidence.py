"""The evidence of imports: read from the logs, and valid while value and words are."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from indexer.content.evidence import Evidence, decode, encode, read_evidence, valid_evidence

EGYPT = Evidence("country", "EGY", "Egypt")


def write_log(content: Path, name: str, *lines: object) -> None:
    folder = content / "_import"
    folder.mkdir(exist_ok=True)
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / name).write_text(text, encoding="utf-8")


def entry(value: object, words: object, id: object = "one") -> dict[str, object]:
    return {"id": id, "field": "country", "value": value, "words": words, "rule": "name"}


def test_the_last_entry_for_a_value_counts(tmp_path: Path) -> None:
    write_log(tmp_path, "2026-01-01.jsonl", entry("EGY", "Cairo"), entry("PAK", "Pakistan"))
    write_log(tmp_path, "2026-01-02.jsonl", entry("EGY", "Egypt"))
    assert read_evidence(tmp_path) == {"one": (EGYPT, Evidence("country", "PAK", "Pakistan"))}


def test_lines_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    bad = ["{", "[]", "1", entry("EGY", 5), entry("EGY", ""), entry("EGY", "x" * 500), {"id": "a"}]
    write_log(tmp_path, "2026-01-01.jsonl", *bad, entry("EGY", "Egypt"), entry("EGY", "Egypt", 5))
    assert read_evidence(tmp_path) == {"one": (EGYPT,)}


def test_a_folder_without_imports_has_no_evidence(tmp_path: Path) -> None:
    assert read_evidence(tmp_path) == {}


def test_evidence_is_valid_while_the_value_and_the_words_are() -> None:
    meta = {"country": ("EGY",)}
    assert valid_evidence([EGYPT], meta, "In Egypt in 2019.") == (EGYPT,)
    assert valid_evidence([EGYPT], {"country": ("PAK",)}, "In Egypt in 2019.") == ()
    assert valid_evidence([EGYPT], meta, "In Cairo in 2019.") == ()


@given(st.lists(st.builds(Evidence, st.text(), st.text(), st.text())))
def test_stored_evidence_is_read_back(evidence: list[Evidence]) -> None:
    assert list(decode(encode(evidence))) == evidence
    assert "\0" not in encode(evidence)
