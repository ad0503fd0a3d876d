"""The fingerprint of the schema, which names the index directory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexer import schema


def test_the_fingerprint_changes_with_the_analysis(monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema.fingerprint()
    monkeypatch.setattr(schema, "ANALYSIS_SIGNATURE", "another analysis")
    assert schema.fingerprint() != before


def test_the_fingerprint_changes_with_the_fields_but_not_with_their_labels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = schema.fingerprint()
    first, *others = schema.FIELDS
    monkeypatch.setattr(schema, "FIELDS", (replace(first, label="Another label"), *others))
    assert schema.fingerprint() == before
    monkeypatch.setattr(schema, "FIELDS", tuple(others))
    assert schema.fingerprint() != before
