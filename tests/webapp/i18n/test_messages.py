"""Sentences of the pages."""

from __future__ import annotations

import pytest

from indexer.engines.base import Generation
from indexer.settings import Settings
from webapp import create_app
from webapp.i18n.messages import citation

GENERATION = Generation(12, "2026-01-02T03:04:05Z", "a test", 2)


@pytest.mark.parametrize("authors", [(), ("UNODC",)])
def test_a_citation_of_a_title_with_a_full_stop_has_no_second_one(
    settings: Settings, authors: tuple[str, ...]
) -> None:
    with create_app(settings).test_request_context():
        text = citation(
            "Judges were trained.", authors, "Activities", GENERATION, "https://x.test/"
        )
    assert ".." not in text
    assert ".”" not in text
    assert "Judges were trained" in text
